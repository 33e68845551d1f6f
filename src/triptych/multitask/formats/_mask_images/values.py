"""The numbers in the pixels of masks, and what kind of mask they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray
from PIL import Image

from ....frame.errors import ImageError
from ....frame.storage.decoding.decode import FORMATS, MAX_PIXELS, ORIENTATION
from ....frame.storage.files import os_error_reason

Kind = Literal["binary", "classes", "instances"]
NUMBERS = ("1", "L", "P", "I", "I;16", "I;16B", "I;16L", "I;16N")  # modes with one number a pixel
BORDER = 255  # what VOC, Cityscapes and those after them ignore
SOFT_VALUES = 16  # more grey values than classes: the blurred edge of a binary mask
SOFT_SHARE = 0.95  # of pixels that are nearly black or white in such a mask
WHOLE_SHARE = 0.9  # of values that are one connected area each, where values are objects
MOST_OBJECTS = 5000  # in a mask; beyond, it is no mask of objects

Values = Int[ndarray, "height width"]


@dataclass(frozen=True)
class MaskSample:
    """What the pixels of one mask hold.

    Parameters:
        values: that occur, sorted.
        soft: whether it is black and white with blurred edges.
        whole: of the values above 0, how many are one connected area each.
    """

    values: tuple[int, ...]
    soft: bool
    whole: int


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture as it stands upright, from its header. Raises ImageError.

    Parameters:
        path: of the picture.
    """
    with _open(path) as image:
        width, height = image.size
        try:
            turned = image.getexif().get(ORIENTATION) in (5, 6, 7, 8)
        except Exception:  # broken EXIF is no reason to refuse good pixels
            turned = False
    return (height, width) if turned else (width, height)


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


def sample(values: Values) -> MaskSample:
    """What the pixels of a mask hold.

    Parameters:
        values: of its pixels.
    """
    present = np.unique(values)
    soft = bool(
        len(present) > SOFT_VALUES
        and present[-1] <= BORDER
        and ((values <= 16) | (values >= 239)).mean() >= SOFT_SHARE
    )
    whole = 0
    if len(present) <= 256 and not soft:
        for value in present[present > 0]:
            areas, _ = cv2.connectedComponents((values == value).astype(np.uint8), connectivity=8)
            whole += areas == 2  # the background is one too
    return MaskSample(tuple(present.tolist()), soft, whole)


def kind_of(samples: Sequence[MaskSample]) -> Kind:
    """What kind of masks these are.

    Binary: 0 and one other value each. Instances: from 0 on without a gap, as many as there are
    things, each one connected area, and not as many in all masks. Classes: the others.

    Parameters:
        samples: of some of the masks.
    """
    if all(one.soft or _is_binary(one.values) for one in samples):
        return "binary"
    counted = [one for one in samples if one.values != (0,)]
    gapless = all(one.values == tuple(range(len(one.values))) for one in counted)
    numbers = [len(one.values) - 1 for one in counted]
    many = max(one.values[-1] for one in samples) > BORDER
    varied = len(set(numbers)) > 1 and max(numbers) > 1
    whole = sum(one.whole for one in counted) >= WHOLE_SHARE * sum(numbers)
    return "instances" if many or (gapless and varied and whole) else "classes"


def objects_in(
    values: Values, ignored: Sequence[int] = ()
) -> Iterator[tuple[int, int, int, Bool[ndarray, "height width"]]]:
    """Each value above 0: the value, its left and top, and its pixels, cut to where they are.

    Parameters:
        values: of the pixels of a mask.
        ignored: values that are no things.

    Raises ImageError for more than `MOST_OBJECTS`.
    """
    rows, columns = np.nonzero(values)
    of_pixel = values[rows, columns]
    order = np.argsort(of_pixel, kind="stable")
    rows, columns, of_pixel = rows[order], columns[order], of_pixel[order]
    present, starts = np.unique(of_pixel, return_index=True)
    if len(present) > MOST_OBJECTS:
        raise ImageError(f"it holds {len(present)} values, which are not as many things")
    if not len(present):
        return
    top, bottom = (f.reduceat(rows, starts) for f in (np.minimum, np.maximum))
    left, right = (f.reduceat(columns, starts) for f in (np.minimum, np.maximum))
    for value, y, low, x, high in zip(present.tolist(), top, bottom, left, right, strict=True):
        if value not in ignored:
            crop = values[y : low + 1, x : high + 1]
            yield value, int(x), int(y), crop == value


def _is_binary(values: tuple[int, ...]) -> bool:
    return values in ((0,), (1,), (BORDER,)) or (len(values) == 2 and values[0] == 0)


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
