"""Pictures beside each other in one, and as files."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray
from PIL import Image

from ....frame.storage.images import resize

GAP = 4  # pixels between pictures
QUALITY = 82


def joined(
    parts: Sequence[UInt8[ndarray, "_ _ 3"]], *, below: bool = False
) -> UInt8[ndarray, "_ _ 3"]:
    """Pictures side by side, scaled to the size of the largest, with white around those whose sides
    have another ratio.

    Parameters:
        parts: in reading order.
        below: whether one is below the other.
    """
    height, width = (max(part.shape[side] for part in parts) for side in (0, 1))
    gap = np.full((GAP, width, 3) if below else (height, GAP, 3), 255, np.uint8)
    fitted = [_fit(part, height, width) for part in parts]
    return np.concatenate([one for part in fitted for one in (gap, part)][1:], 0 if below else 1)


def webp(pixels: UInt8[ndarray, "height width 3"]) -> bytes:
    """A picture as a WebP file.

    Parameters:
        pixels: RGB.
    """
    packed = BytesIO()
    Image.fromarray(pixels).save(packed, "WEBP", quality=QUALITY, method=4)
    return packed.getvalue()


def _fit(
    part: UInt8[ndarray, "_ _ 3"], height: int, width: int
) -> UInt8[ndarray, "{height} {width} 3"]:
    if part.shape[:2] == (height, width):
        return part
    scale = min(height / part.shape[0], width / part.shape[1])
    small = resize(part, *(max(1, round(side * scale)) for side in part.shape[:2]))
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    whole = np.full((height, width, 3), 255, np.uint8)
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole
