"""Read the pixels of annotated images, in the frame in which they were annotated."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from ...frame.errors import ImageError
from ...frame.storage.decoding.decode import without_warnings
from ...frame.storage.decoding.header import Header, header_of
from ...frame.storage.decoding.reduced_image import as_reduced_image
from ...frame.storage.files import os_error_reason, read_part
from ...frame.storage.image_folder import MAX_BYTES
from ...frame.storage.images import Pixels
from ..structures.annotated_image import AnnotatedImage

TURN_BACK = {
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""By EXIF orientation: what undoes the turn of an image whose sides it exchanges."""


@dataclass(frozen=True)
class Picture:
    """The pixels of an annotated image.

    Parameters:
        pixels: RGB; those of a large JPEG at a half, a quarter or an eighth of its size.
        width: of the whole image in pixels, as is `height`: what coordinates refer to.
        height: of the whole image.
    """

    pixels: Pixels
    width: int
    height: int


def read_picture(image: AnnotatedImage, side: float = np.inf, *, any_size: bool = False) -> Picture:
    """The pixels of an image, as its annotation sees them.

    They are turned upright as EXIF says, unless the annotation's width and height are those of the
    image that is not.

    Parameters:
        image: with the width and height that its annotation states, if it does.
        side: pixels that are enough: a larger JPEG is read smaller, but covers its square.
        any_size: whether an image of another size than is stated is given as it is.

    Raises ImageError for what is missing, damaged or, else, of another size than is stated.
    """
    source = image.file if image.size is None else _part(image)
    name = f"{image.file}: {image.name}" if image.name else str(image.file)
    pixels, by = as_reduced_image(source, side, name=name)
    width, height = _header(source).upright if by > 1 else pixels.shape[1::-1]
    stated = image.width, image.height
    if None in stated or stated == (width, height):
        return Picture(pixels, width, height)
    orientation = _header(source).orientation
    if stated == (height, width) and orientation in TURN_BACK:
        turned = np.asarray(Image.fromarray(pixels).transpose(TURN_BACK[orientation]))
        return Picture(turned, height, width)
    if any_size:
        return Picture(pixels, width, height)
    raise ImageError(
        f"{name} has {width}×{height} pixels, but its annotation says {stated[0]}×{stated[1]}. "
        "Annotate the image as it is, or mend the annotation."
    )


def _part(image: AnnotatedImage) -> bytes:
    """The bytes of an image that lies within a larger file."""
    if (image.size or 0) > MAX_BYTES:
        raise ImageError(f"{image.name} in {image.file} is larger than {MAX_BYTES >> 20} MB.")
    try:
        return read_part(image.file, image.offset, image.size)
    except OSError as error:
        reason = os_error_reason(error)
        raise ImageError(f"Cannot read {image.name} in {image.file}: {reason}.") from error


def _header(source: Path | bytes) -> Header:
    file = BytesIO(source) if isinstance(source, bytes) else source
    with without_warnings(), Image.open(file) as image:
        return header_of(image)
