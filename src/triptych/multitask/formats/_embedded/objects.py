"""Objects as dictionaries of COCO's kind, as shards and tables embed them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ....frame.errors import DataError
from ...structures.annotated_image import AnnotatedObject
from ...structures.import_problems import ImportProblems
from ...structures.shapes import Polygon, Shape
from .._csv_table.shapes import clip_box, parse_box
from .._reading.documents import finite_all

BOXES = ("bbox", "box", "bboxes", "boxes")
LABELS = ("category", "label", "class", "category_name", "name", "categories", "labels")
NUMBERS = ("category_id",)
DEEPEST = 10_000  # objects of a picture


def read_objects(
    value: Any,
    place: str,
    size: tuple[int, int] | None,
    name_of: Callable[[Any], str | None],
    problems: ImportProblems,
) -> tuple[AnnotatedObject, ...] | None:
    """The objects of a picture; None where there is no list of them.

    Parameters:
        value: a list of dictionaries, or a dictionary of lists; a box is left, top, width, height.
        place: of the picture, for what is told.
        size: width and height of the picture, where they are known.
        name_of: gives the name of a class as it is stored.
        problems: told of each that cannot be used.
    """
    rows = _rows(value)
    if rows is None:
        return None
    things = []
    for number, row in enumerate(rows[:DEEPEST]):
        try:
            shape = _shape(row, size)
        except DataError as error:
            where = f"{place}, object {number}"
            problems.add("shape not usable", where, str(error), "object left out")
            continue
        label = next((row[key] for key in (*LABELS, *NUMBERS) if row.get(key) is not None), None)
        crowd = row.get("iscrowd") in (1, True) or row.get("is_crowd") in (1, True)
        things.append(AnnotatedObject(name_of(label), shape, crowd=crowd))
    return tuple(things)


def _rows(value: Any) -> list[dict[str, Any]] | None:
    if isinstance(value, dict):
        columns = {key: items for key, items in value.items() if isinstance(items, (list, tuple))}
        if not columns:
            return None
        keys, lists = list(columns), list(columns.values())
        count = min(map(len, lists))
        return [{key: columns[key][number] for key in keys} for number in range(count)]
    if isinstance(value, (list, tuple)) and all(isinstance(row, dict) for row in value):
        return list(value)
    return None


def _shape(row: dict[str, Any], size: tuple[int, int] | None) -> Shape:
    if parts := [*_polygons(row.get("segmentation"))]:
        return Polygon(tuple(parts))
    cells = next((row[key] for key in BOXES if row.get(key) is not None), None)
    if not isinstance(cells, (list, tuple)):
        raise DataError("it has no bbox")
    return clip_box(parse_box(list(cells), "xywh", None), size)


def _polygons(value: Any) -> Iterator[np.ndarray]:
    if not isinstance(value, list):
        return
    flat = value and not isinstance(value[0], list)
    for part in [value] if flat else value:
        numbers = finite_all(part)
        if numbers and len(numbers) >= 6 and len(numbers) % 2 == 0:
            yield np.array(numbers).reshape(-1, 2)
