"""The shapes of LabelMe: two points are a circle, a rectangle, or the corners of a mask."""

import base64
import binascii
import math
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from ...structures.shapes import OrientedBox, PixelMask, Shape
from .._reading.drawn import ShapeError, box, check_mask_size, ellipse, points, polygon, shown

NO_AREA = ("line", "linestrip", "points")
RIGHT_ANGLE = 1e-3  # of the longer side: how far from a rectangle four corners may be


def shape_of(entry: Mapping[str, Any]) -> Shape:
    """The shape of an entry that is no single point.

    Parameters:
        entry: of the list "shapes".

    Raises ShapeError.
    """
    kind = entry.get("shape_type") or "polygon"  # as LabelMe before 3.0 left out
    given = entry.get("points")
    if kind == "polygon":
        return polygon(given)
    if kind == "rectangle":
        return box(*points(given, 2, "rectangle", 2).ravel().tolist())
    if kind == "oriented_rectangle":
        return oriented_box(points(given, 4, "oriented rectangle", 4))
    if kind == "circle":
        (x, y), rim = points(given, 2, "circle", 2).tolist()
        radius = math.dist((x, y), rim)
        return ellipse(x, y, radius, radius)
    if kind == "mask":
        return _mask(points(given, 2, "mask", 2), entry.get("mask"))
    if kind in NO_AREA:
        raise ShapeError("shape without area", f"a {kind} encloses nothing that could be learned")
    raise ShapeError("unknown shape", f"LabelMe has no shape_type {shown(kind)}")


def oriented_box(corners: np.ndarray) -> Shape:
    """A turned box of its four corners, the first two along its width; a polygon where they are
    no rectangle.

    Parameters:
        corners: (4, 2), in their order around the box.

    Raises ShapeError where it has no area.
    """
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    width, height = math.hypot(*across), math.hypot(*down)
    off = np.abs(corners[0] + across + down - corners[2]).max()
    square = abs(float(across @ down)) <= RIGHT_ANGLE * max(width, height) ** 2
    if not square or off > RIGHT_ANGLE * max(width, height):
        return polygon(corners)
    if not width or not height:
        raise ShapeError("shape of no area", f"the box is {width:g} × {height:g}")
    x, y = corners.mean(0).tolist()
    if across[0] * down[1] - across[1] * down[0] < 0:  # drawn the other way around
        across, width, height = down, height, width
    return OrientedBox(x, y, width, height, math.atan2(float(across[1]), float(across[0])))


def _mask(corners: np.ndarray, encoded: Any) -> PixelMask:
    """The pixels of a PNG of zeros and ones, whose corners are pixels that belong to it."""
    (left, top), (right, bottom) = np.trunc(corners).astype(int).tolist()
    width, height = right - left + 1, bottom - top + 1
    check_mask_size(height, width)
    content = decode_base64(encoded, "mask")
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            size = image.size
            pixels = np.array(image) if size == (width, height) else None
    except Exception as error:  # Pillow's decoders meet damage with any error
        raise ShapeError("damaged mask", "its mask is no whole PNG") from error
    if pixels is None:
        raise ShapeError(
            "size of a mask",
            f"its points make the mask {width} × {height} pixels, its PNG is {size[0]} × {size[1]}",
        )
    pixels = (pixels.reshape(height, width, -1) != 0).any(2)
    if not pixels.any():
        raise ShapeError("shape of no area", "its mask holds no pixel")
    return PixelMask(left, top, pixels)


def decode_base64(encoded: Any, what: str) -> bytes:
    """The bytes of a text in base64.

    Parameters:
        encoded: what stood in the file.
        what: it is, for the error.

    Raises ShapeError for what is none.
    """
    if not isinstance(encoded, str) or not encoded:
        raise ShapeError(f"no {what}", f"expected a {what} in base64, got {shown(encoded)}")
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ShapeError(f"damaged {what}", f"its {what} is no base64: {error}") from error
