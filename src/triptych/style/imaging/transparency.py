"""Images with clear parts: what is painted of them, and their alpha on what was painted."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from ...frame.errors import ImageError
from ...frame.storage.images import ImageLike, as_rgba, resize
from .conversions import Pixels

Alpha = UInt8[np.ndarray, "height width"]
PaintedPixels = UInt8[np.ndarray, "rows columns channels"]  # RGB, or RGBA


@dataclass(frozen=True, eq=False)
class Content:
    """An image to be painted, and where it is transparent.

    Parameters:
        pixels: RGB uint8, (height, width, 3); clear pixels have the color of the nearest that is
            not, so that no border is seen that the image does not have.
        alpha: 0 where it is clear, 255 where it is opaque, (height, width); None where it is
            opaque everywhere.
    """

    pixels: Pixels
    alpha: Alpha | None

    @property
    def visible(self) -> Float32[np.ndarray, "height width"] | None:
        """1 where there is anything to be seen, else 0; None where the image is opaque."""
        return None if self.alpha is None else (self.alpha > 0).astype(np.float32)

    def with_alpha(self, painted: Pixels) -> PaintedPixels:
        """What was painted, as RGBA with this image's alpha at its size; RGB where there is none.

        Parameters:
            painted: RGB uint8, of any size.
        """
        if self.alpha is None:
            return painted
        return np.concatenate([painted, resize(self.alpha[..., None], *painted.shape[:2])], 2)

    def restrict(
        self, regions: Float32[np.ndarray, "styles height width"] | None, styles: int
    ) -> Float32[np.ndarray, "styles height width"] | None:
        """Regions without the clear part of this image; None where all of it is painted.

        Parameters:
            regions: how much each style covers of each pixel; None: all of it, alike.
            styles: how many there are.
        """
        visible = self.visible
        if visible is None:
            return regions
        if regions is None:
            return np.repeat(visible[None] / np.float32(styles), styles, 0)
        return regions * visible


def read_content(source: ImageLike, name: str = "the content") -> Content:
    """An image to be painted, its alpha kept.

    Parameters:
        source: as `as_image` takes it.
        name: what errors call it, where it is no file.

    Raises ImageError, also for an image that is clear everywhere.
    """
    pixels = as_rgba(source, name=name)
    color, alpha = np.ascontiguousarray(pixels[..., :3]), np.ascontiguousarray(pixels[..., 3])
    if alpha.min() == 255:
        return Content(color, None)
    if alpha.max() == 0:
        raise ImageError(f"Nothing is to be seen in {name}: it is transparent everywhere.")
    return Content(_fill_clear(color, alpha), alpha)


def _fill_clear(color: Pixels, alpha: Alpha) -> Pixels:
    """The colors, with those of clear pixels taken from the nearest that is not clear."""
    clear = (alpha == 0).astype(np.uint8)
    if not clear.any():
        return color
    _, labels = cv2.distanceTransformWithLabels(
        clear, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros((labels.max() + 1, 3), np.uint8)
    nearest[labels[clear == 0]] = color[clear == 0]
    return nearest[labels]


def flatten(painted: PaintedPixels) -> Pixels:
    """What was painted, on white where it is transparent: RGB uint8, of the same size."""
    if painted.shape[2] == 3:
        return painted
    share = painted[..., 3:].astype(np.float32) / 255
    return np.rint(painted[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
