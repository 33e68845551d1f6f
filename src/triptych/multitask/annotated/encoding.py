"""Objects as rows of an Arrow table, and back."""

from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float32
from numpy import ndarray

from ..structures.annotated_image import AnnotatedObject
from ..structures.annotations import BoundingBox, Circle, run_lengths
from ..structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape

NUMERIC = {"box": BoundingBox, "oriented box": OrientedBox, "circle": Circle, "ellipse": Ellipse}
"""Shapes that are nothing but their numbers, by what they are called in the table."""

OBJECT = pa.struct(
    [
        ("label", pa.int32()),
        ("kind", pa.string()),
        ("numbers", pa.list_(pa.float64())),
        ("parts", pa.list_(pa.int32())),
        ("keypoints", pa.list_(pa.float32())),
        ("attributes", pa.map_(pa.string(), pa.string())),
        ("crowd", pa.bool_()),
        ("difficult", pa.bool_()),
        ("truncated", pa.bool_()),
        ("score", pa.float32()),
    ]
)
"""An object. Of a polygon `numbers` are all corners and `parts` how many each line has; of a mask
they are left, top, height, width and the lengths of runs, row by row, the first of them off."""


def encode_object(thing: AnnotatedObject, label: int | None) -> dict[str, Any]:
    """An object as a row.

    Parameters:
        thing: what is encoded.
        label: the number of its class.
    """
    kind, numbers, parts = _encode_shape(thing.shape)
    return {
        "label": label,
        "kind": kind,
        "numbers": numbers,
        "parts": parts,
        "keypoints": None if thing.keypoints is None else np.ravel(thing.keypoints).tolist(),
        "attributes": list(thing.attributes.items()),
        "crowd": thing.crowd,
        "difficult": thing.difficult,
        "truncated": thing.truncated,
        "score": thing.score,
    }


def decode_object(
    row: dict[str, Any], classes: tuple[str, ...], keypoints: int = 0
) -> AnnotatedObject:
    """The object of a row.

    Parameters:
        row: as `encode_object` gave it.
        classes: the names of the classes, by the numbers in the table.
        keypoints: how many the set has; an object that was read before some of their names turned
            up has them unlabelled.
    """
    return AnnotatedObject(
        label=None if row["label"] is None else classes[row["label"]],
        shape=_decode_shape(row),
        keypoints=_decode_keypoints(row["keypoints"], keypoints),
        attributes=dict(row["attributes"] or ()),
        crowd=row["crowd"],
        difficult=row["difficult"],
        truncated=row["truncated"],
        score=row["score"],
    )


def _encode_shape(shape: Shape | None) -> tuple[str | None, list[float], list[int]]:
    match shape:
        case None:
            return None, [], []
        case Polygon(parts):
            corners = np.concatenate(parts).ravel().tolist() if parts else []
            return "polygon", corners, [len(part) for part in parts]
        case PixelMask(left, top, pixels):
            return "mask", [left, top, *pixels.shape], run_lengths(pixels.ravel()).tolist()
    name = next(name for name, kind in NUMERIC.items() if isinstance(shape, kind))
    return name, [float(value) for value in vars(shape).values()], []


def _decode_keypoints(
    numbers: list[float] | None, count: int
) -> Float32[ndarray, "points 3"] | None:
    if numbers is None:
        return None
    points = np.array(numbers, np.float32).reshape(-1, 3)
    return np.pad(points, ((0, max(count - len(points), 0)), (0, 0)))


def _decode_shape(row: dict[str, Any]) -> Shape | None:
    kind, numbers, parts = row["kind"], row["numbers"], row["parts"]
    if kind is None:
        return None
    if kind == "polygon":
        corners = np.array(numbers, float).reshape(-1, 2)
        return Polygon(tuple(np.split(corners, np.cumsum(parts)[:-1])) if parts else ())
    if kind == "mask":
        left, top, height, width = map(int, numbers)
        values = np.arange(len(parts)) % 2 == 1
        return PixelMask(left, top, np.repeat(values, parts).reshape(height, width))
    return NUMERIC[kind](*numbers)
