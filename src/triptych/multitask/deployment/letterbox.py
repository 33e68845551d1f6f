"""A letterbox within a graph: images of one size into the canvas, and answers back."""

from dataclasses import dataclass
from typing import cast

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from ..answers.answer import ImageFrame
from ..answers.kinds import BY_BORDER
from ..preprocessing.whole_image import GREY
from ..structures.info import DatasetInfo
from .resampling import Count, Span, nearest_indices, resampling_weights

Images = UInt8[Tensor, "batch height width channels"]
Canvas = Float[Tensor, "batch colors rows columns"]

LIGHT = 127  # of 255: a border above is light


@dataclass(frozen=True)
class GraphLetterbox(ImageFrame):
    """Where images of one size lie in their canvases; the twin of `Letterbox` on tensors.

    Parameters:
        rows: of the canvas in which the image lies.
        columns: the same across.
        tall: the rows of the image.
        wide: its columns.
        scale: canvas pixels per pixel of the image.
        clips: whether boxes end at the image's sides; not those of a canvas, which is part of one.
    """

    rows: Span
    columns: Span
    tall: Span
    wide: Span
    scale: Float[Tensor, ""]
    clips: bool = True

    @classmethod
    def of_size(cls, height: Count, width: Count, info: DatasetInfo) -> "GraphLetterbox":
        """The letterbox of images of a size.

        Parameters:
            height: of the images in pixels, as is `width`; may be symbolic.
            info: has the canvas' size.
        """
        tall, wide = Span.whole(height), Span.whole(width)
        scale = torch.minimum(info.height / tall.size, info.width / wide.size)
        rows, columns = (
            _middle(count, (span.size * scale).round().clamp(min=1))
            for count, span in ((info.height, tall), (info.width, wide))
        )
        return cls(rows, columns, tall, wide, scale)

    @classmethod
    def identity(cls, info: DatasetInfo) -> "GraphLetterbox":
        """That of images which are canvases already."""
        tall, wide = Span.whole(info.height), Span.whole(info.width)
        return cls(tall, wide, tall, wide, tall.size / tall.size, clips=False)

    def boxes(self, boxes: Float[Tensor, "*many 4"]) -> Float[Tensor, "*many 4"]:
        """Boxes of the canvas in pixels of the image, as far as they lie in it.

        Parameters:
            boxes: left, top, right, bottom.
        """
        corner, stretch = self._corner(), self._stretch()
        moved = (boxes - torch.cat([corner, corner])) / torch.cat([stretch, stretch])
        if not self.clips:
            return moved
        sides = torch.stack([self.wide.size, self.tall.size]).float()
        return moved.clamp(min=0).minimum(torch.cat([sides, sides]))

    def circles(self, circles: Float[Tensor, "*many 3"]) -> Float[Tensor, "*many 3"]:
        """Circles of the canvas in pixels of the image.

        Parameters:
            circles: x, y, radius.
        """
        centers = (circles[..., :2] - self._corner()) / self._stretch()
        return torch.cat([centers, circles[..., 2:] / self.scale.float()], -1)

    def probabilities(
        self, maps: Float[Tensor, "batch rows columns"]
    ) -> Float[Tensor, "batch height width"]:
        """A number per canvas pixel, interpolated for each pixel of the image.

        Parameters:
            maps: of the canvas.
        """
        down = resampling_weights(self.tall, self.rows)
        across = resampling_weights(self.wide, self.columns)
        return down @ maps @ across.T

    def classes(self, maps: Int[Tensor, "batch rows columns"]) -> Int[Tensor, "batch height width"]:
        """A class per canvas pixel, for each pixel of the image: that of the nearest.

        Parameters:
            maps: of the canvas.
        """
        rows, columns = (
            nearest_indices(self.tall, self.rows),
            nearest_indices(self.wide, self.columns),
        )
        return maps.index_select(1, rows).index_select(2, columns)

    def _corner(self) -> Float[Tensor, "2"]:
        return torch.stack([self.columns.start, self.rows.start]).float()

    def _stretch(self) -> Float[Tensor, "2"]:
        sizes = self.columns.size / self.wide.size, self.rows.size / self.tall.size
        return torch.stack(sizes).float()


def fit_images(
    images: Images,
    letterbox: GraphLetterbox,
    info: DatasetInfo,
    invert: Int[Tensor, ""] | None = None,
) -> tuple[Canvas, Bool[Tensor, " batch"]]:
    """Images as the network sees them, 0 … 255 in whole steps, and which were inverted.

    It is `fit_whole` after `convert_channels`; where the model knows bright things on dark ground
    only, images with a light border are inverted first.

    Parameters:
        images: RGB, of one size.
        letterbox: of that size.
        info: of the model.
        invert: 1 where all images are inverted, 0 where none, else by their borders.
    """
    pixels = _channels(images.float(), info.channels)
    border = _border(pixels)
    inverted = border.floor().mean(1) > LIGHT
    if not info.inverts:
        inverted = inverted & ~inverted
    if invert is not None:
        inverted = (inverted & (invert == BY_BORDER)) | (invert == 1)
    flip = inverted[:, None, None, None]
    pixels = torch.where(flip, 255 - pixels, pixels)
    border = torch.where(inverted[:, None], 255 - border, border).floor()
    down = resampling_weights(letterbox.rows, letterbox.tall)
    across = resampling_weights(letterbox.columns, letterbox.wide)
    batch, height, width, channels = pixels.shape
    shrunk = (down @ pixels.reshape(batch, height, width * channels)).reshape(
        batch, info.height, width, channels
    )
    fitted = _whole_steps(shrunk.permute(0, 3, 1, 2) @ across.T, letterbox)
    outside = 1 - (letterbox.rows.inside()[:, None] * letterbox.columns.inside()).float()
    return fitted + border[..., None, None] * outside, inverted


def _middle(count: Count, size: Float[Tensor, ""]) -> Span:
    return Span(count, ((cast(int, count) - size) / 2).floor(), size)


def _channels(pixels: Tensor, channels: int) -> Tensor:
    if channels == pixels.shape[3]:
        return pixels
    return (pixels.double() @ torch.tensor(GREY, dtype=torch.float64)).round()[..., None].float()


def _border(pixels: Tensor) -> Float[Tensor, "batch channels"]:
    """The median of the outermost pixels; their number is even, so it is between two."""
    edges = torch.cat([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], 1)
    ranked, half = edges.sort(1).values, pixels.shape[1] + pixels.shape[2]
    return (ranked[:, half - 1] + ranked[:, half]) / 2


def _whole_steps(values: Tensor, letterbox: GraphLetterbox) -> Tensor:
    """Rounded as OpenCV does: halves to even, but up where sides are exactly halved."""
    halved = (letterbox.tall.size == 2 * letterbox.rows.size) & (
        letterbox.wide.size == 2 * letterbox.columns.size
    )
    return torch.where(halved, (values + 0.5).floor(), values.round())
