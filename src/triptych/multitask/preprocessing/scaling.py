"""Images at another scale."""

import cv2
import numpy as np
from jaxtyping import Shaped


def scaled(
    image: Shaped[np.ndarray, "height width"], scale: float, *, enlarging: int = cv2.INTER_LINEAR
) -> Shaped[np.ndarray, "new_height new_width"]:
    """An image scaled with its aspect kept, each side at least a pixel.

    Parameters:
        image: of bytes or floats.
        scale: new pixels per pixel; below 1 they are averaged over areas.
        enlarging: OpenCV's interpolation above 1.
    """
    if scale == 1:
        return image
    size = tuple(max(1, round(side * scale)) for side in image.shape[::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else enlarging)
