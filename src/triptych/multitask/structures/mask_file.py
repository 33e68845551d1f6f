"""Read the numbers in mask files: of grey or of the palette, one a pixel."""

from pathlib import Path

import numpy as np
from jaxtyping import Int
from numpy import ndarray
from PIL import Image

from ...frame.errors import ImageError
from ...frame.storage.decoding.decode import FORMATS, MAX_PIXELS
from ...frame.storage.decoding.header import header_of
from ...frame.storage.files import os_error_reason

NUMBERS = ("1", "L", "P", "I", "I;16", "I;16B", "I;16L", "I;16N")  # modes with one number a pixel

Values = Int[ndarray, "height width"]


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture as it stands upright, from its header. Raises ImageError.

    Parameters:
        path: of the picture.
    """
    with _open(path) as image:
        return header_of(image).upright


def mask_header(path: Path) -> tuple[int, int, bool]:
    """Width and height of a mask, and whether each pixel is one number. Raises ImageError.

    Parameters:
        path: of the mask.
    """
    with _open(path) as image:
        return *image.size, image.mode in NUMBERS


def mask_values(path: Path) -> Values:
    """The number of each pixel; grey in three channels is one number.

    Parameters:
        path: of the mask.

    Raises ImageError where it is damaged, or in colors.
    """
    pixels = mask_pixels(path)
    if pixels.ndim == 3:
        if (pixels[..., :1] != pixels[..., :3]).any():
            raise ImageError(f"{path.name} is in colors: say in masks.yaml what they mean")
        pixels = pixels[..., 0]
    return pixels.astype(np.int64)


def mask_pixels(path: Path) -> ndarray:
    """The pixels of a mask: one number each, or three or four channels. Raises ImageError.

    Parameters:
        path: of the mask.
    """
    with _open(path) as image:
        try:
            if image.mode in ("LA", "PA"):
                return np.asarray(image.getchannel(0))
            if image.mode not in (*NUMBERS, "RGB", "RGBA"):
                raise ImageError(f"{path.name} is of mode {image.mode}, which no mask is")
            return np.asarray(image)
        except (ImageError, MemoryError):
            raise
        except Exception as error:  # decoders meet damage with any error
            raise ImageError(f"{path.name} is a damaged picture: {_words(error)}") from error


def _open(path: Path) -> Image.Image:
    try:
        image = Image.open(path, formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        raise ImageError(f"{path.name} is no picture that is read") from error
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {os_error_reason(error)}") from error
    except Exception as error:  # decoders meet damage with any error
        raise ImageError(f"{path.name} is a damaged picture: {_words(error)}") from error
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(f"{path.name} has {image.width}×{image.height} pixels, which are too many")
    return image


def _words(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
