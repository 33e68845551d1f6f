"""Resizing as matrix products, so that a graph of any runtime resizes as OpenCV does here.

A line of pixels resampled to another line is a weighted sum, so an image is resized by one matrix
for its rows and one for its columns. Their sizes follow the image's, all else is arithmetic: no
operator of a runtime decides how areas are averaged or where the centers of pixels lie.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

Count = int | Int[Tensor, ""]
"""A number of pixels: a tensor where a graph is traced."""


@dataclass(frozen=True)
class Span:
    """Part of a line of pixels.

    Parameters:
        count: pixels of the whole line.
        start: the first of the part, a number without axes.
        size: how many they are, a number without axes.
    """

    count: Count
    start: Float[Tensor, ""]
    size: Float[Tensor, ""]

    @classmethod
    def whole(cls, count: Count) -> "Span":
        """All pixels of a line.

        Parameters:
            count: of them.
        """
        number = torch.arange(1, dtype=torch.float64)[0]
        return cls(count, number, number + count)


def resampling_weights(to: Span, of: Span) -> Float[Tensor, "to of"]:
    """How much each pixel of a line counts in each of another line: averaged over areas where it
    shrinks, interpolated linearly where it grows, as `frame.storage.images.resize` does.

    Parameters:
        to: where it is resampled to; pixels outside have no weights.
        of: what is resampled.
    """
    scale = of.size / to.size
    inside = torch.arange(to.count, dtype=torch.float64) - to.start
    pixels = torch.arange(of.count, dtype=torch.float64) - of.start
    first = (inside * scale)[:, None]
    overlap = torch.minimum(pixels + 1, first + scale) - torch.maximum(pixels, first)
    area = overlap.clamp(min=0) / scale
    center = ((inside + 0.5) * scale - 0.5).clamp(min=0).minimum(of.size - 1)
    linear = (1 - (center[:, None] - pixels).abs()).clamp(min=0)
    weights = torch.where(to.size <= of.size, area, linear)
    return (weights * _within(inside, to)[:, None] * _within(pixels, of)).float()


def nearest_indices(to: Span, of: Span) -> Int[Tensor, " to"]:
    """In which pixel of a line the center of each pixel of another line lies.

    Parameters:
        to: the whole line whose centers are looked for.
        of: the part they lie in.
    """
    centers = torch.arange(to.count, dtype=torch.float64) + 0.5
    return ((centers * of.size / to.size).floor() + of.start).long()


def _within(pixels: Float[Tensor, " count"], span: Span) -> Float[Tensor, " count"]:
    return ((pixels >= 0) & (pixels < span.size)).double()
