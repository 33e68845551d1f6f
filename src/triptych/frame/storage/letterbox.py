"""Fit an image into a canvas of another size, and find the way back to its own pixels."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, Integer, Shaped, UInt8

from .images import Pixels, resize

Boxes = Float[np.ndarray, "*batch 4"]
Circles = Float[np.ndarray, "*batch 3"]


@dataclass(frozen=True)
class Letterbox:
    """Where a letterboxed image lies in its canvas, and so the way back to its own pixels.

    Parameters:
        scale: canvas pixels per pixel of the original; sides are rounded to whole pixels, at
            least one.
        left: the first column of the image in the canvas, as `top` is the first row.
        width: of the original in pixels, as is `height`.
    """

    scale: float
    left: float
    top: float
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image in the canvas, in pixels."""
        return max(1, round(self.height * self.scale)), max(1, round(self.width * self.scale))

    def box_to_original(self, boxes: Boxes) -> Boxes:
        """Boxes (left, top, right, bottom) in canvas pixels, in pixels of the original."""
        return (boxes - np.tile(self._corner, 2)) / np.tile(self._stretch, 2)

    def circle_to_original(self, circles: Circles) -> Circles:
        """Circles (x, y, radius) in canvas pixels, in pixels of the original."""
        centres = (circles[..., :2] - self._corner) / self._stretch
        return np.concatenate([centres, circles[..., 2:] / self.scale], -1)

    def classes_to_original(
        self, classes: Integer[np.ndarray, "height width"]
    ) -> Integer[np.ndarray, "original_height original_width"]:
        """A class number per canvas pixel, per pixel of the original: that of the nearest."""
        return self._nearest(classes)

    def mask_to_original(
        self, probability: Float[np.ndarray, "height width"], threshold: float = 0.5
    ) -> Bool[np.ndarray, "original_height original_width"]:
        """Where a probability per canvas pixel, interpolated between them, is above a threshold.

        Parameters:
            probability: of each pixel of the canvas, 0 … 1.
            threshold: above which a pixel belongs to the mask.
        """
        return self._interpolated(probability.astype(np.float32)) > threshold

    def crop(self, canvas: Shaped[np.ndarray, "height width ..."]) -> np.ndarray:
        """The part of the canvas that is the image: a view, not a copy."""
        height, width = self.size
        top, left = int(self.top), int(self.left)
        return canvas[top : top + height, left : left + width]

    def _interpolated(
        self, canvas: Float32[np.ndarray, "height width"]
    ) -> Float32[np.ndarray, "original_height original_width"]:
        return resize(self.crop(canvas)[..., None], self.height, self.width)[..., 0]

    def _nearest(
        self, canvas: Integer[np.ndarray, "height width"]
    ) -> Integer[np.ndarray, "original_height original_width"]:
        inside = self.crop(canvas)
        rows, columns = (
            nearest_pixels(full, part)
            for full, part in zip((self.height, self.width), inside.shape)
        )
        return inside[rows[:, None], columns]

    @property
    def _corner(self) -> Float32[np.ndarray, "2"]:
        return np.array([self.left, self.top], np.float32)

    @property
    def _stretch(self) -> Float32[np.ndarray, "2"]:
        """Canvas pixels per original pixel, x and y: not quite equal, for sizes are rounded."""
        height, width = self.size
        return np.array([width / self.width, height / self.height], np.float32)


def nearest_pixels(count: int, among: int) -> Integer[np.ndarray, " count"]:
    """In which pixel of a line each center lies of the pixels of the same line, divided otherwise.

    Parameters:
        count: pixels whose centers are looked for.
        among: pixels in which they are.

    >>> nearest_pixels(4, 2).tolist(), nearest_pixels(2, 4).tolist()
    ([0, 0, 1, 1], [1, 3])
    """
    return ((np.arange(count) + 0.5) * among / count).astype(int)


def letterbox(
    image: Pixels,
    height: int,
    width: int,
    *,
    fill: int | tuple[int, ...],
    original: tuple[int, int] | None = None,
) -> tuple[UInt8[np.ndarray, "canvas_height canvas_width channels"], Letterbox]:
    """Scale an image into the middle of a canvas, its aspect kept.

    Parameters:
        image: of any size.
        height: of the canvas in pixels, as is `width`.
        fill: value of the pixels around the image, one for all channels or one each, 0 … 255.
        original: height and width of the original, where the image was read smaller than it is.

    Returns the canvas and where the image lies in it.
    """
    tall, wide = original or image.shape[:2]
    scale = min(height / tall, width / wide)
    whole = Letterbox(scale, 0, 0, wide, tall)
    rows, columns = whole.size
    placement = replace(whole, left=(width - columns) // 2, top=(height - rows) // 2)
    canvas = np.full((height, width, image.shape[2]), fill, np.uint8)
    placement.crop(canvas)[:] = resize(image, rows, columns)
    return canvas, placement
