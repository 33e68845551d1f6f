"""Resizing as matrix products, so that a graph of any runtime resizes as OpenCV does here.

A line of pixels resampled to another line is a weighted sum, so an image is resized by one matrix
for its rows and one for its columns. Their sizes follow the image's, all else is arithmetic: no
operator of a runtime decides how areas are averaged or where the centers of pixels lie.
"""

from dataclasses import dataclass
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor

Count = int | torch.SymInt | Int[Tensor, ""]
"""A number of pixels: a tensor or a symbol where a graph is traced."""


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
        return cls(count, number, number + cast(int, count))

    def pixels(self) -> Float[Tensor, " count"]:
        """The number of each pixel of the line, from the first of the part."""
        return torch.arange(cast(int, self.count), dtype=torch.float64) - self.start

    def inside(self) -> Float[Tensor, " count"]:
        """1 for each pixel of the line that is in the part, 0 for the others."""
        return ((self.pixels() >= 0) & (self.pixels() < self.size)).double()


def resampling_weights(to: Span, of: Span) -> Float[Tensor, "to of"]:
    """How much each pixel of a line counts in each of another line: averaged over areas where it
    shrinks, interpolated linearly where it grows, as `frame.storage.images.resize` does.

    Parameters:
        to: where it is resampled to; pixels outside have no weights.
        of: what is resampled.
    """
    scale = of.size / to.size
    shrinks = to.size <= of.size
    center = ((to.pixels() + 0.5) * scale - 0.5).clamp(min=0).minimum(of.size - 1)
    # linear weights are how much a pixel overlaps with one that lies between two
    first = torch.where(shrinks, to.pixels() * scale, center)
    length = torch.where(shrinks, scale, torch.ones_like(scale)).float()
    # far numbers are exact in float64, and distances from near pixels in float32, which is faster
    whole = first.floor()
    begin = (of.pixels().float() - whole.float()[:, None]) - (first - whole).float()[:, None]
    overlap = torch.minimum(begin + 1, length) - begin.clamp(min=0)
    return overlap.clamp(min=0) * (to.inside().float() / length)[:, None]


def nearest_indices(to: Span, of: Span) -> Int[Tensor, " to"]:
    """In which pixel of a line the center of each pixel of another line lies.

    Parameters:
        to: the whole line whose centers are looked for.
        of: the part they lie in.
    """
    centers = to.pixels() + 0.5
    return ((centers * of.size / to.size).floor() + of.start).long()
