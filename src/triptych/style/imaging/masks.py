"""Which style covers what: masks of any image file, feathered, as shares of each pixel."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float, Float32
from PIL import Image

from ...frame.errors import ConfigError
from ...frame.storage.images import ImageLike, as_rgba, resize
from ..config import DEFAULT_FEATHER as DEFAULT_FEATHER

Mask = Float32[np.ndarray, "height width"]
MaskArray = Float[np.ndarray, "rows columns"]
ASPECT_TOLERANCE = 0.02  # how much two aspect ratios may differ and still be called the same


def read_mask(source: ImageLike, name: str = "the mask") -> MaskArray:
    """A mask, 0 … 1: the luminance of an image times its opacity. White and opaque is 1; black, or
    clear, is 0.

    Parameters:
        source: an image as `as_image` takes it, or an array of booleans.
        name: what errors call it, where it is no file.

    Raises ImageError, and ConfigError for an image with transparency that is nowhere both bright
    and opaque.
    """
    if isinstance(source, np.ndarray) and source.dtype == bool:
        source = source.astype(np.uint8) * np.uint8(255)
    pixels = as_rgba(source, name=name)
    light = np.array(Image.fromarray(pixels).convert("RGB").convert("L"))
    opacity = pixels[..., 3]
    mask = light / np.float32(255) * (opacity / np.float32(255))
    if opacity.min() < 255 and mask.max() < 0.5:
        called = source if isinstance(source, (str, Path)) else name
        raise ConfigError(
            f"{called} is empty: nowhere is it both bright and opaque. Fill with opaque white what "
            "is to be painted."
        )
    return mask


def load_mask(source: ImageLike, size: tuple[int, int], name: str = "the mask") -> Mask:
    """A mask at the content's size.

    Parameters:
        source: an image as `read_mask` takes it.
        size: height and width of the content.
        name: what errors call it, where it is no file.

    Raises what `read_mask` and `check_and_resize_mask` raise.
    """
    called = str(source) if isinstance(source, (str, Path)) else name
    return check_and_resize_mask(read_mask(source, name), size, called)


def check_and_resize_mask(
    pixels: Float[np.ndarray, "rows columns"], size: tuple[int, int], name: str
) -> Mask:
    """A mask, 0 … 1, at the content's size; one of another size but the same aspect ratio is
    resized.

    Parameters:
        pixels: the mask, 0 … 1, (rows, columns).
        size: height and width of the content.
        name: what errors call the mask.

    Raises ConfigError for another aspect ratio, an empty mask, and values outside 0 … 1.
    """
    height, width = pixels.shape
    ratio = (height / width) / (size[0] / size[1])
    if abs(ratio - 1) > ASPECT_TOLERANCE:
        raise ConfigError(
            f"Expected a mask shaped like the content ({size[1]}×{size[0]}), but {name} is "
            f"{width}×{height}. Draw it on the content itself."
        )
    if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
        raise ConfigError(f"Expected values 0 … 1 in {name}. Save it as a grey picture.")
    if pixels.max() < 0.5:
        raise ConfigError(f"{name} is empty: nowhere is it bright. White is where to paint.")
    return resize(pixels.astype(np.float32)[..., None], *size)[..., 0]


def feather(mask: Mask, reach: float | None = None) -> Mask:
    """The mask with blurred edges.

    Parameters:
        mask: 0 … 1, (height, width).
        reach: pixels over which an edge is blended on either side; 0 keeps edges hard, None is
            `DEFAULT_FEATHER` of the longer side.

    Raises ConfigError for a reach below 0 or beyond the mask.
    """
    reach = float(DEFAULT_FEATHER * max(mask.shape)) if reach is None else reach
    if not 0 <= reach <= max(mask.shape):
        raise ConfigError(f"Expected a soft edge of 0 to {max(mask.shape)} pixels, got {reach:g}.")
    if reach == 0:
        return mask
    return cv2.GaussianBlur(mask, (0, 0), reach / 2, borderType=cv2.BORDER_REPLICATE)


def masks_to_regions(
    masks: Sequence[Mask], styles: int
) -> Float32[np.ndarray, "styles height width"]:
    """How much each style covers of each pixel, 0 … 1; the rest of a pixel remains the content.

    Parameters:
        masks: one, which bounds all styles alike, or one for each style; where masks overlap the
            styles share the pixel.
        styles: how many there are.

    Returns (styles, height, width). Raises ConfigError for another number of masks.
    """
    if len(masks) == 1:
        return np.repeat(np.asarray(masks[0])[None] / styles, styles, 0)
    if len(masks) != styles:
        raise ConfigError(f"Expected one mask, or one for each style ({styles}), got {len(masks)}.")
    stacked = np.stack(masks)
    return stacked / np.maximum(stacked.sum(0), 1)
