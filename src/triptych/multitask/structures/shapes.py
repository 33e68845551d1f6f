"""Shapes as people draw them around things, and what follows from each: box, circle, pixels.

Coordinates are in pixels, x to the right, y down, (0, 0) the corner of the first pixel; pixel
(x, y) covers x to x + 1, y to y + 1, and belongs to a shape where its center lies inside. Box and
circle (`BoundingBox`, `Circle`) are shapes too.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float
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

    parts: tuple[Float[ndarray, "corners 2"], ...]

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


def shape_pixels(shape: Shape, height: int, width: int) -> Bool[ndarray, "height width"]:
    """The pixels whose centers lie inside a shape, in an image of this size.

    Parameters:
        shape: of any kind; what lies beyond the image is cut off.
        height: of the image in pixels, as is `width`.

    A center on a line belongs to the shape where the line is a left or upper border of it.

    >>> int(shape_pixels(Circle(20, 20, 10), 40, 40).sum())
    316
    """
    match shape:
        case Polygon(parts):
            mask = np.zeros((height, width), bool)
            for part in parts:
                mask |= _filled(part, height, width)
            return mask
        case BoundingBox(left, top, right, bottom):
            corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
            return _filled(corners, height, width)
        case OrientedBox():
            return _filled(shape.corners(), height, width)
        case Circle(x, y, radius):
            return _within_ellipse(Ellipse(x, y, radius, radius), height, width)
        case Ellipse():
            return _within_ellipse(shape, height, width)
        case PixelMask(left, top, pixels):
            mask = np.zeros((height, width), bool)
            rows, columns = np.nonzero(pixels)
            rows, columns = rows + top, columns + left
            inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
            mask[rows[inside], columns[inside]] = True
            return mask


def _filled(
    corners: Float[ndarray, "corners 2"], height: int, width: int
) -> Bool[ndarray, "height width"]:
    """The pixels inside a closed line by the even-odd rule: along each row of centers, every line
    that is crossed changes between outside and inside."""
    toggles = np.zeros((height, width + 1), np.int32)
    low, high = corners[:, 1].min(), corners[:, 1].max()
    first = int(np.clip(math.floor(low), 0, height))
    rows = np.arange(first, int(np.clip(math.ceil(high), 0, height)))
    x, y = corners.T
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    for part in np.array_split(rows, max(1, len(rows) * len(x) // 2**22)):  # bounded memory
        center = part[:, None] + 0.5
        crossed = (y <= center) != (next_y <= center)
        row, edge = np.nonzero(crossed)
        share = (part[row] + 0.5 - y[edge]) / (next_y[edge] - y[edge])
        at = x[edge] + share * (next_x[edge] - x[edge])
        column = np.clip(np.ceil(at - 0.5), 0, width).astype(int)
        np.add.at(toggles, (part[row], column), 1)
    return (toggles.cumsum(1)[:, :width] & 1).astype(bool)


def _within_ellipse(ellipse: Ellipse, height: int, width: int) -> Bool[ndarray, "height width"]:
    mask = np.zeros((height, width), bool)
    if min(ellipse.radius_x, ellipse.radius_y) <= 0:
        return mask
    box = shape_box(ellipse)
    assert box is not None
    left, right = (int(np.clip(v, 0, width)) for v in (box.left, math.ceil(box.right)))
    top, bottom = (int(np.clip(v, 0, height)) for v in (box.top, math.ceil(box.bottom)))
    dx = np.arange(left, right)[None, :] + 0.5 - ellipse.x
    dy = np.arange(top, bottom)[:, None] + 0.5 - ellipse.y
    cos, sin = math.cos(ellipse.angle), math.sin(ellipse.angle)
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    inside = (along / ellipse.radius_x) ** 2 + (across / ellipse.radius_y) ** 2 <= 1
    mask[top:bottom, left:right] = inside
    return mask


def _enclosing_circle(points: Float[ndarray, "points 2"]) -> Circle:
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
