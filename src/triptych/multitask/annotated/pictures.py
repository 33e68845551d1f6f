"""Read the pixels of annotated images, in the frame in which they were annotated."""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from jaxtyping import Integer
from numpy import ndarray
from PIL import Image

from ...frame.errors import DataError, ImageError
from ...frame.storage.decoding.decode import MAX_PIXELS, ORIENTATION
from ...frame.storage.decoding.reduced_image import as_reduced_image
from ...frame.storage.files import os_error_reason
from ...frame.storage.image_folder import MAX_BYTES
from ...frame.storage.images import Pixels
from ..structures.annotated_image import AnnotatedImage

LOSSLESS = ("PNG", "TIFF", "BMP", "GIF")  # formats in which masks are kept
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


def read_picture(image: AnnotatedImage, side: float = np.inf) -> Picture:
    """The pixels of an image, as its annotation sees them.

    They are turned upright as EXIF says, unless the annotation's width and height are those of the
    image that is not.

    Parameters:
        image: with the width and height that its annotation states, if it does.
        side: pixels that are enough: a larger JPEG is read smaller, but covers its square.

    Raises ImageError for what is missing, damaged or of another size than is stated.
    """
    source = image.file if image.size is None else read_part(image)
    name = f"{image.file}: {image.name}" if image.name else str(image.file)
    pixels, by = as_reduced_image(source, side, name=name)
    (width, height), orientation = _header(source) if by > 1 else (pixels.shape[1::-1], 1)
    stated = image.width, image.height
    if None in stated or stated == (width, height):
        return Picture(pixels, width, height)
    orientation = _header(source)[1]
    if stated == (height, width) and orientation in TURN_BACK:
        turned = np.asarray(Image.fromarray(pixels).transpose(TURN_BACK[orientation]))
        return Picture(turned, height, width)
    raise ImageError(
        f"{name} has {width}×{height} pixels, but its annotation says {stated[0]}×{stated[1]}. "
        "Annotate the image as it is, or mend the annotation."
    )


def read_part(image: AnnotatedImage) -> bytes:
    """The bytes of an image that lies within a larger file.

    Parameters:
        image: with offset and size.

    Raises ImageError.
    """
    size = image.size or 0
    if size > MAX_BYTES:
        raise ImageError(f"{image.name} in {image.file} is larger than {MAX_BYTES >> 20} MB.")
    try:
        with image.file.open("rb") as file:
            file.seek(image.offset)
            return file.read(size)
    except OSError as error:
        reason = os_error_reason(error)
        raise ImageError(f"Cannot read {image.name} in {image.file}: {reason}.") from error


def read_values(file: Path) -> Integer[ndarray, "height width"]:
    """The numbers in a mask file: values of grey, or of the palette; never colors.

    Parameters:
        file: PNG, TIFF, BMP or GIF.

    Raises DataError for what is no such file, or has colors.
    """
    try:
        with Image.open(file, formats=LOSSLESS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise DataError(f"{file} has more than {MAX_PIXELS // 10**6} million pixels.")
            image.load()
            values = np.asarray(image)
    except DataError:
        raise
    except Exception as error:  # Pillow's decoders meet damage with any error
        reason = os_error_reason(error)
        raise DataError(f"Cannot read the mask {file}: {reason}. Save it as PNG.") from error
    if values.ndim == 3 and (values[..., :3] == values[..., :1]).all():
        values = values[..., 0]
    if values.ndim != 2:
        raise DataError(
            f"{file} is a mask in colors. Save it with a palette or in grey: a number a class."
        )
    return values.astype(np.int64)


def _header(source: Path | bytes) -> tuple[tuple[int, int], int]:
    """Width and height, upright, and EXIF's orientation, without decoding."""
    file = BytesIO(source) if isinstance(source, bytes) else source
    orientation = 1
    with Image.open(file) as image:
        with suppress(Exception):  # broken EXIF is no reason to refuse good pixels
            orientation = image.getexif().get(ORIENTATION, 1)
        width, height = image.size
    return ((height, width) if orientation in TURN_BACK else (width, height)), orientation
