"""Boxes and circles from the cells of a row."""

import json
from collections.abc import Sequence
from typing import Any

from ....frame.errors import DataError
from ...structures.annotations import BoundingBox, Circle
from .._reading.documents import finite, finite_all

Size = tuple[int, int]


def is_empty(cells: Sequence[Any]) -> bool:
    """Whether a row says of no object: no cell of it holds anything.

    Parameters:
        cells: of the columns of a shape.
    """
    return all(
        cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())
        for cell in cells
    )


def parse_box(cells: Sequence[Any], box_format: str, scale: Size | None) -> BoundingBox:
    """A box in pixels. Raises DataError where it is none, or has no area.

    Parameters:
        cells: four numbers, or one cell that holds them: a list, or "[1, 2, 3, 4]".
        box_format: xyxy, xywh or cxcywh.
        scale: width and height of the picture, where numbers are fractions of it.
    """
    if len(cells) == 1:
        cells = _numbers_in(cells[0])
    numbers = finite_all(list(cells), 4)
    if numbers is None:
        raise DataError(f"expected four numbers, got {_short(cells)}")
    a, b, c, d = numbers
    if box_format == "xywh":
        c, d = a + c, b + d
    elif box_format == "cxcywh":
        a, b, c, d = a - c / 2, b - d / 2, a + c / 2, b + d / 2
    width, height = scale or (1, 1)
    box = BoundingBox(a * width, b * height, c * width, d * height)
    if box.right <= box.left or box.bottom <= box.top:
        raise DataError(f"the box {_short(cells)} has no area")
    return box


def clip_box(box: BoundingBox, size: Size | None) -> BoundingBox:
    """The part of a box in the picture. Raises DataError where there is none.

    Parameters:
        box: in pixels.
        size: width and height of the picture; None where they are not known: then only what is
            left of it and above it is cut.
    """
    width, height = size or (float("inf"), float("inf"))
    left, top = max(box.left, 0.0), max(box.top, 0.0)
    right, bottom = min(box.right, width), min(box.bottom, height)
    if left >= right or top >= bottom:
        raise DataError("the box is outside of its picture")
    return BoundingBox(left, top, right, bottom)


def parse_circle(cells: Sequence[Any], scale: Size | None) -> Circle:
    """A circle in pixels. Raises DataError where it is none.

    Parameters:
        cells: center and radius.
        scale: width and height of the picture, where numbers are fractions of it.
    """
    numbers = finite_all(list(cells), 3)
    if numbers is None or numbers[2] <= 0:
        raise DataError(f"expected x, y and a radius above 0, got {_short(cells)}")
    width, height = scale or (1, 1)
    return Circle(numbers[0] * width, numbers[1] * height, numbers[2] * width)


def largest(cells: Sequence[Any]) -> float:
    """The largest number among cells; 0 where there is none.

    Parameters:
        cells: of a shape.
    """
    if len(cells) == 1:
        cells = _numbers_in(cells[0])
    return max((abs(number) for number in map(finite, cells) if number is not None), default=0.0)


def _numbers_in(cell: Any) -> list[Any]:
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            cell = cell.strip("()[]{} ").replace(",", " ").split()
    return cell if isinstance(cell, list) else []


def _short(cells: Sequence[Any]) -> str:
    return ", ".join(str(cell)[:20] for cell in cells[:6]) or "none"
