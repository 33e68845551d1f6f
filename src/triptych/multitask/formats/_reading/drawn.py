"""Shapes from the numbers that annotation files state: each is checked, none is trusted."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...structures.annotations import BoundingBox, Circle
from ...structures.import_problems import ImportProblems
from ...structures.shapes import (
    Ellipse,
    OrientedBox,
    Polygon,
    Shape,
)
from .documents import FARTHEST, finite_all

MAX_MASK = 100_000_000  # pixels, as of an image


class ShapeError(ValueError):
    """What an annotation file states is no shape. `kind` is the same for all of its kind."""

    def __init__(self, kind: str, detail: str):
        """
        Parameters:
            kind: a few words.
            detail: what was expected and what came.
        """
        super().__init__(detail)
        self.kind = kind


@contextmanager
def telling(problems: ImportProblems, place: str) -> Iterator[None]:
    """Tell of a ShapeError that ends the block: its object is left out.

    Parameters:
        problems: told.
        place: the file, and the entry in it.
    """
    try:
        yield
    except ShapeError as error:
        problems.add(error.kind, place, str(error), "object left out")


def numbers(values: Any, what: str, count: int | None = None) -> list[float]:
    """Numbers that can be coordinates.

    Parameters:
        values: what stood in the file.
        what: they are, for the error.
        count: how many there must be; None for any number.

    Raises ShapeError.
    """
    checked = finite_all(values, count)
    if checked is None:
        expected = "numbers" if count is None else f"{count} numbers" if count > 1 else "a number"
        raise ShapeError("no numbers", f"expected {expected} for {what}, got {shown(values)}")
    return checked


def points(values: Any, least: int, what: str, most: int | None = None) -> np.ndarray:
    """Pairs of numbers as an array (points, 2).

    Parameters:
        values: a list of pairs, as it stood in the file.
        least: how many there must be.
        what: they are the points of, for the error.
        most: how many there may be; None for any number.

    Raises ShapeError.
    """
    if not isinstance(values, (list, tuple)):
        raise ShapeError("no numbers", f"expected points of a {what}, got {shown(values)}")
    if len(values) < least or (most is not None and len(values) > most):
        expected = str(least) if least == most else f"at least {least}"
        raise ShapeError("number of points", f"a {what} has {expected} points, got {len(values)}")
    array = _plain(values)
    if array is None:  # numbers written as text, or what is none
        rows = [numbers(value, f"a point of a {what}", 2) for value in values]
        array = np.array(rows, float).reshape(-1, 2)
    return array


def _plain(values: Sequence[Any]) -> np.ndarray | None:
    """Pairs of numbers that can be coordinates, all at once; None where not all are."""
    try:
        array = np.array(values)
    except (ValueError, OverflowError):
        return None
    if array.dtype.kind not in "if" or array.shape[1:] != (2,):
        return None
    array = array.astype(float)
    inside = array.min() >= -FARTHEST and array.max() <= FARTHEST  # of NaN both are NaN
    return array if inside else None


def box(left: float, top: float, right: float, bottom: float) -> BoundingBox:
    """A box from two opposite corners, any of them first. Raises ShapeError where it has no area.

    Parameters:
        left: of one corner, as is `top`.
        top: of one corner.
        right: of the other, as is `bottom`.
        bottom: of the other.
    """
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    if left == right or top == bottom:
        raise ShapeError("shape of no area", f"the box is {right - left:g} × {bottom - top:g}")
    return BoundingBox(left, top, right, bottom)


def ellipse(x: float, y: float, radius_x: float, radius_y: float, angle: float = 0.0) -> Shape:
    """An ellipse, or a circle where its radii are the same to a millionth.

    Parameters:
        x: of the center, as is `y`.
        y: of the center.
        radius_x: half its width before it is turned.
        radius_y: half its height before it is turned.
        angle: in radians, clockwise as one sees it.

    Raises ShapeError for a radius that is not above 0.
    """
    if radius_x <= 0 or radius_y <= 0:
        radii = f"{radius_x:g}" if radius_x == radius_y else f"{radius_x:g} and {radius_y:g}"
        raise ShapeError("shape of no area", f"expected a radius above 0, got {radii}")
    if math.isclose(radius_x, radius_y, rel_tol=1e-6):
        return Circle(x, y, radius_x)
    return Ellipse(x, y, radius_x, radius_y, angle)


def turned_box(x: float, y: float, width: float, height: float, angle: float) -> Shape:
    """A box turned about its center; upright where the angle is 0.

    Parameters:
        x: of the center, as is `y`.
        y: of the center.
        width: before it is turned, as is `height`.
        height: before it is turned.
        angle: in radians, clockwise as one sees it.

    Raises ShapeError where it has no area.
    """
    if width <= 0 or height <= 0:
        raise ShapeError("shape of no area", f"the box is {width:g} × {height:g}")
    if not angle:
        return BoundingBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return OrientedBox(x, y, width, height, angle)


def polygon(corners: Any) -> Polygon:
    """A polygon of one part.

    Parameters:
        corners: a list of pairs, or an array of them.

    Raises ShapeError where there are fewer than three corners that differ, or they enclose no area.
    """
    array = corners if isinstance(corners, np.ndarray) else points(corners, 3, "polygon")
    pairs = array.tolist()
    if len(set(map(tuple, pairs))) < 3:
        raise ShapeError(
            "number of points", f"a polygon has at least 3 corners that differ, got {len(pairs)}"
        )
    (x, y), following = pairs[0], [*pairs[1:], pairs[0]]
    # from the first corner, for small areas far out would be rounded away
    steps = ((a - x) * (d - y) - (c - x) * (b - y) for (a, b), (c, d) in zip(pairs, following))
    if not sum(steps):
        raise ShapeError("shape of no area", "the corners of the polygon lie on one line")
    return Polygon((array,))


def check_mask_size(height: float, width: float) -> None:
    """Raise ShapeError where a mask has no pixel, or more than an image may have.

    Parameters:
        height: in pixels, as is `width`.
        width: in pixels.
    """
    if min(height, width) <= 0 or height * width > MAX_MASK:
        raise ShapeError("size of a mask", f"a mask cannot be {width:g} × {height:g} pixels")


def shown(value: Any) -> str:
    """What stood in a file, short enough for a line.

    Parameters:
        value: of any kind.
    """
    text = " ".join(repr(value).split()) if not isinstance(value, str) else repr(value[:60])
    return text if len(text) <= 60 else f"{text[:57]}..."
