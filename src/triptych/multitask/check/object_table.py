"""All objects of a set in arrays: in which image, of which class, and how far each reaches."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float, Int
from numpy import ndarray

from ..annotated.annotated_set import AnnotatedSet

KINDS = ("box", "oriented box", "circle", "ellipse", "polygon", "mask", "")
"""Kinds of shapes, as the table calls them; the last for objects without one."""


@dataclass(frozen=True)
class ObjectTable:
    """A row an object, in the order of the images.

    Parameters:
        images: the number of the image that each is in.
        labels: class numbers; −1 for none.
        kinds: numbers in `KINDS`.
        bounds: left, top, right, bottom; NaN for objects without a shape.
    """

    images: Int[ndarray, " objects"]
    labels: Int[ndarray, " objects"]
    kinds: Int[ndarray, " objects"]
    bounds: Float[ndarray, "objects 4"]

    def __len__(self) -> int:
        return len(self.images)


def read_objects(annotated: AnnotatedSet) -> ObjectTable:
    """All objects of a set; about 60 bytes each are kept.

    Parameters:
        annotated: the set.
    """
    images, labels, kinds, bounds = [], [], [], []
    for numbers, rows in annotated.object_rows():
        kind = _kinds(rows.field("kind"))
        images.append(numbers.astype(np.int64))
        labels.append(rows.field("label").to_numpy().astype(np.int64))
        kinds.append(kind)
        bounds.append(_bounds(kind, rows.field("numbers")))
    if not images:
        nothing = np.zeros(0, np.int64)
        return ObjectTable(nothing, nothing, nothing, np.zeros((0, 4)))
    whole = (np.concatenate(column) for column in (images, labels, kinds, bounds))
    return ObjectTable(*whole)


def _kinds(column: Any) -> Int[ndarray, " objects"]:
    encoded = column.fill_null("").dictionary_encode()
    places = np.array([KINDS.index(name) for name in encoded.dictionary.to_pylist()], np.int64)
    return places[encoded.indices.to_numpy()]


def _bounds(kinds: Int[ndarray, " objects"], numbers: pa.ListArray) -> Float[ndarray, "objects 4"]:
    """How far shapes reach; the numbers of each kind are those of `annotated.encoding`."""
    starts = numbers.offsets.to_numpy()[:-1].astype(np.int64)
    stops = numbers.offsets.to_numpy()[1:].astype(np.int64)
    values = numbers.values.to_numpy()
    result = np.full((len(kinds), 4), np.nan)
    for number, name in enumerate(KINDS[:-1]):
        rows = np.flatnonzero((kinds == number) & (stops > starts))
        if not len(rows):
            continue
        if name == "polygon":
            result[rows] = _extremes(values, starts[rows], stops[rows])
        else:
            count = int((stops - starts)[rows[0]])
            result[rows] = _of_numbers(name, values[starts[rows][:, None] + np.arange(count)])
    return result


def _of_numbers(kind: str, rows: Float[ndarray, "objects numbers"]) -> Float[ndarray, "objects 4"]:
    """Bounds of shapes that are a few numbers each."""
    if kind == "box":
        return rows
    if kind == "mask":
        left, top, height, width = rows.T
        return np.stack([left, top, left + width, top + height], 1)
    x, y = rows[:, :2].T
    if kind == "circle":
        across = down = rows[:, 2]
    else:
        a, b, angle = rows[:, 2:5].T
        cos, sin = np.abs(np.cos(angle)), np.abs(np.sin(angle))
        if kind == "ellipse":
            across, down = np.hypot(a * cos, b * sin), np.hypot(a * sin, b * cos)
        else:
            across, down = (a * cos + b * sin) / 2, (a * sin + b * cos) / 2
    return np.stack([x - across, y - down, x + across, y + down], 1)


def _extremes(
    values: Float[ndarray, " numbers"],
    starts: Int[ndarray, " objects"],
    stops: Int[ndarray, " objects"],
) -> Float[ndarray, "objects 4"]:
    """Bounds of polygons, whose x and y come in turn."""
    lengths = stops - starts
    ends = np.cumsum(lengths)
    at = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(ends[-1]))
    points = values[at].reshape(-1, 2)
    firsts = (ends - lengths) // 2
    low, high = (reduce.reduceat(points, firsts) for reduce in (np.minimum, np.maximum))
    return np.concatenate([low, high], 1)
