"""Shapes as people draw them around things, and what follows from each: box and circle.

Coordinates are in pixels, x to the right, y down, (0, 0) the corner of the first pixel; pixel
(x, y) covers x to x + 1 and y to y + 1. Box and circle (`BoundingBox`, `Circle`) are shapes too.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Num
from numpy import ndarray

from .annotations import BoundingBox, Circle


@dataclass(frozen=True)
class OrientedBox:
    """A box turned about its center.

    Parameters:
        x: of the center, as is `y`.
        y: of the center.
        width: of the box before it is turned, as is `height`.
        height: of the box before it is turned.
        angle: in radians, clockwise as one sees it, for y points down.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float

    def corners(self) -> Float[ndarray, "4 2"]:
        """The four corners (x, y): left upper, right upper, right lower, left lower before it was
        turned."""
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [self.width / 2, self.height / 2]
        return half @ _rotation(self.angle).T + [self.x, self.y]


@dataclass(frozen=True)
class Ellipse:
    """An ellipse turned about its center.

    Parameters:
        x: of the center, as is `y`.
        y: of the center.
        radius_x: half its width before it is turned, as is `radius_y` of its height.
        radius_y: half its height before it is turned.
        angle: in radians, clockwise as one sees it.
    """

    x: float
    y: float
    radius_x: float
    radius_y: float
    angle: float = 0.0


@dataclass(frozen=True, eq=False)
class Polygon:
    """The area within one or several closed lines; where they overlap it counts once.

    Parameters:
        parts: for each line its corners (x, y), three or more.
    """

    parts: tuple[Float[ndarray, "_ 2"], ...]  # each has a number of corners of its own

    def area(self) -> float:
        """Of the parts in square pixels, by the shoelace formula; of overlaps twice."""
        return float(sum(abs(_signed_area(part)) for part in self.parts))


@dataclass(frozen=True, eq=False)
class PixelMask:
    """Pixels one by one.

    Parameters:
        left: the column of the first pixel of `pixels`, as `top` is its row.
        top: the row of the first pixel.
        pixels: True where the thing is, of the part of the image that holds it.
    """

    left: int
    top: int
    pixels: Bool[ndarray, "height width"]

    @classmethod
    def of(cls, mask: Bool[ndarray, "height width"]) -> "PixelMask":
        """The mask of a whole image, cut to the pixels that are in it.

        Parameters:
            mask: True where the thing is.
        """
        rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
        if not len(rows):
            return cls(0, 0, mask[:0, :0])
        top, left = int(rows[0]), int(columns[0])
        return cls(left, top, mask[top : rows[-1] + 1, left : columns[-1] + 1].copy())


Shape = BoundingBox | OrientedBox | Circle | Ellipse | Polygon | PixelMask


def shape_box(shape: Shape) -> BoundingBox | None:
    """The tight box around a shape, upright; None around no pixel at all.

    Parameters:
        shape: of any kind.

    >>> shape_box(Circle(20, 20, 10))
    BoundingBox(left=10, top=10, right=30, bottom=30)
    """
    match shape:
        case BoundingBox():
            return shape
        case Circle(x, y, radius):
            return BoundingBox(x - radius, y - radius, x + radius, y + radius)
        case Ellipse(x, y, a, b, angle):
            cos, sin = math.cos(angle), math.sin(angle)
            across, down = math.hypot(a * cos, b * sin), math.hypot(a * sin, b * cos)
            return BoundingBox(x - across, y - down, x + across, y + down)
        case OrientedBox():
            return _bounds(shape.corners())
        case Polygon(parts):
            return _bounds(np.concatenate(parts)) if parts else None
        case PixelMask(left, top, pixels):
            height, width = pixels.shape
            return BoundingBox(left, top, left + width, top + height) if pixels.any() else None


def shape_circle(shape: Shape) -> Circle | None:
    """The smallest circle around a shape; None for a box, of which nobody knows how far the thing
    in it reaches, and around no pixel at all.

    Parameters:
        shape: of any kind.

    By OpenCV (Welzl 1991) around corners; of pixels around their outer corners.
    """
    match shape:
        case Circle():
            return shape
        case Ellipse(x, y, a, b):
            return Circle(x, y, max(a, b))
        case Polygon(parts) if parts:
            return _enclosing_circle(np.concatenate(parts))
        case PixelMask(left, top, pixels) if pixels.any():
            rows, columns = np.nonzero(pixels)
            corners = [(columns + dx, rows + dy) for dx in (0, 1) for dy in (0, 1)]
            points = np.concatenate([np.stack(corner, 1) for corner in corners])
            circle = _enclosing_circle(points)
            return Circle(circle.x + left, circle.y + top, circle.radius)
    return None


def has_outline(shape: Shape) -> bool:
    """Whether a shape says which pixels belong to the thing: polygons and masks do.

    A circle or an ellipse is drawn around a thing, and a box too.

    Parameters:
        shape: of any kind.
    """
    return isinstance(shape, (Polygon, PixelMask))


def _enclosing_circle(points: Num[ndarray, "points 2"]) -> Circle:
    (x, y), radius = cv2.minEnclosingCircle(points.astype(np.float32))
    return Circle(float(x), float(y), float(radius))


def _bounds(points: Float[ndarray, "points 2"]) -> BoundingBox:
    (left, top), (right, bottom) = points.min(0).tolist(), points.max(0).tolist()
    return BoundingBox(left, top, right, bottom)


def _signed_area(corners: Float[ndarray, "corners 2"]) -> float:
    x, y = corners.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def _rotation(angle: float) -> Float[ndarray, "2 2"]:
    """The matrix that turns (x, y) clockwise, as one sees it where y points down."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
