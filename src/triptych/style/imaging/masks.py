"""Which style holds where: masks of any picture file, softened, as shares of each pixel."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float, Float32

from ...frame.errors import ConfigError
from ...frame.storage.images import resize

Mask = Float32[np.ndarray, "height width"]
DEFAULT_FEATHER = (
    1 / 64
)  # of the longer side: how far an edge is blended, unless one says otherwise
ASPECT_TOLERANCE = 0.02  # how much two aspect ratios may differ and still be called the same


def check_and_resize_mask(
    pixels: Float[np.ndarray, "rows columns"], like: tuple[int, int], name: str
) -> Mask:
    """A mask, 0 … 1, at the content's `like` (height, width).

    One of another size but of the same shape is stretched. Raises ConfigError for another shape,
    for one that is empty, and for values that are no shares."""
    height, width = pixels.shape
    ratio = (height / width) / (like[0] / like[1])
    if abs(ratio - 1) > ASPECT_TOLERANCE:
        raise ConfigError(
            f"Expected a mask shaped like the content ({like[1]}×{like[0]}), but {name} is "
            f"{width}×{height}. Draw it on the content itself."
        )
    if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
        raise ConfigError(f"Expected values 0 … 1 in {name}. Save it as a grey picture.")
    if pixels.max() < 0.5:
        raise ConfigError(f"{name} is empty: nowhere is it bright. White is where to paint.")
    return resize(pixels.astype(np.float32)[..., None], *like)[..., 0]


def feather(mask: Mask, reach: float | None = None) -> Mask:
    """The mask with edges blended over about `reach` pixels on either side; 0 keeps them hard.

    Raises ConfigError for a reach beyond the mask, or none."""
    reach = float(DEFAULT_FEATHER * max(mask.shape)) if reach is None else reach
    if not 0 <= reach <= max(mask.shape):
        raise ConfigError(f"Expected a soft edge of 0 to {max(mask.shape)} pixels, got {reach:g}.")
    if reach == 0:
        return mask
    return cv2.GaussianBlur(mask, (0, 0), reach / 2, borderType=cv2.BORDER_REPLICATE)


def masks_to_regions(
    masks: Sequence[Mask], styles: int
) -> Float32[np.ndarray, "styles height width"]:
    """What each style holds of each pixel, 0 … 1; the rest of a pixel is left as the content is.

    One mask for several styles bounds them all; else there is a mask a style, and where masks
    overlap the styles share alike. Raises ConfigError for another number of masks."""
    if len(masks) == 1:
        return np.repeat(np.asarray(masks[0])[None] / styles, styles, 0)
    if len(masks) != styles:
        raise ConfigError(f"Expected one mask, or one for each style ({styles}), got {len(masks)}.")
    stacked = np.stack(masks)
    return stacked / np.maximum(stacked.sum(0), 1)
