"""The shapes of CVAT's XML: numbers in attributes, points in one text, masks as run lengths."""

import math
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

import numpy as np

from ...structures.shapes import PixelMask, Shape
from .._reading.drawn import (
    ShapeError,
    box,
    check_mask_size,
    ellipse,
    numbers,
    points,
    polygon,
    turned_box,
)

NOT_READ = {
    "polyline": "a polyline encloses nothing that could be learned",
    "cuboid": "cuboids are not read; draw boxes or polygons",
}


def shape_of(element: Element) -> Shape:
    """The shape of an element such as `<box>`.

    Parameters:
        element: below `<image>`.

    Raises ShapeError.
    """
    if element.tag in NOT_READ:
        raise ShapeError("shape that is not read", NOT_READ[element.tag])
    if element.tag not in _SHAPES:
        raise ShapeError("unknown shape", f"CVAT has no <{element.tag[:40]}>")
    return _SHAPES[element.tag](element)


def point_list(element: Element) -> np.ndarray:
    """The points of an element, "x,y;x,y", as (points, 2).

    Parameters:
        element: with the attribute "points".

    Raises ShapeError.
    """
    pairs = [pair.split(",") for pair in element.get("points", "").split(";") if pair.strip()]
    return points(pairs, 1, element.tag)


def _values(element: Element, *names: str) -> list[float]:
    return numbers([element.get(name) for name in names], " ".join(names), len(names))


def _angle(element: Element) -> float:
    (degrees,) = numbers([element.get("rotation", "0")], "rotation", 1)
    return math.radians(math.remainder(degrees, 360))


def _box(element: Element) -> Shape:
    drawn = box(*_values(element, "xtl", "ytl", "xbr", "ybr"))
    angle = _angle(element)
    if not angle:
        return drawn
    x, y = (drawn.left + drawn.right) / 2, (drawn.top + drawn.bottom) / 2
    return turned_box(x, y, drawn.right - drawn.left, drawn.bottom - drawn.top, angle)


def _ellipse(element: Element) -> Shape:
    x, y, radius_x, radius_y = _values(element, "cx", "cy", "rx", "ry")
    return ellipse(x, y, radius_x, radius_y, _angle(element))


def _mask(element: Element) -> PixelMask:
    left, top, width, height = map(int, _values(element, "left", "top", "width", "height"))
    check_mask_size(height, width)
    texts = element.get("rle", "").split(",")
    runs = np.array(numbers(texts, "rle"))
    if (runs < 0).any() or (runs != np.trunc(runs)).any() or runs.sum() != width * height:
        raise ShapeError(
            "run lengths of a mask",
            f"its run lengths cover {runs.sum():g} pixels, its box has {width} × {height}",
        )
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs.astype(int))
    if not flat.any():
        raise ShapeError("shape of no area", "its mask holds no pixel")
    return PixelMask(left, top, flat.reshape(height, width))


_SHAPES: Mapping[str, Callable[[Element], Shape]] = {
    "box": _box,
    "polygon": lambda element: polygon(point_list(element)),
    "ellipse": _ellipse,
    "mask": _mask,
}
