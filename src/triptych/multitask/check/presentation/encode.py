"""Pictures as files within a page: small, for a page holds many."""

from io import BytesIO

import numpy as np
from jaxtyping import UInt8
from PIL import Image

QUALITY = 85


def jpeg(pixels: UInt8[np.ndarray, "height width 3"]) -> bytes:
    """A picture as a JPEG file.

    Parameters:
        pixels: RGB.
    """
    packed = BytesIO()
    Image.fromarray(pixels).save(packed, "JPEG", quality=QUALITY)
    return packed.getvalue()
