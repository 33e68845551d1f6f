"""The pixels that belong to a shape: those whose centers lie inside."""

import math

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from ...frame.storage.letterbox import nearest_pixels
from .annotations import BoundingBox, Circle
from .shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape, shape_box


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


def resample_mask(
    mask: PixelMask, among: tuple[int, int], size: tuple[int, int]
) -> Bool[ndarray, "height width"]:
    """The pixels of an image at another size whose centers lie in pixels of a mask.

    Parameters:
        mask: in an image; what lies beyond it is cut off.
        among: height and width of that image.
        size: height and width of the result.
    """
    known, places = [], []
    for count, whole, first, here in zip(
        size, among, (mask.top, mask.left), mask.pixels.shape, strict=True
    ):
        at = nearest_pixels(count, whole) - first
        known.append(np.flatnonzero((at >= 0) & (at < here)))
        places.append(at[known[-1]])
    pixels = np.zeros(size, bool)
    pixels[np.ix_(*known)] = mask.pixels[np.ix_(*places)]
    return pixels


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
