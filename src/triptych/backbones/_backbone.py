"""The contract of a backbone: an image in, a pyramid of feature maps out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

FeaturePyramid = Sequence[Tensor]
"""Feature maps, finest first, each (batch, channels, height, width)."""


@dataclass(frozen=True)
class FeatureInfo:
    """One map of the pyramid: a cell covers `stride` × `stride` pixels of the image."""

    channels: int
    reduction: int


class Backbone(nn.Module, ABC):
    """An image in, feature maps out. `levels` describes them, finest first."""

    feature_info: tuple[FeatureInfo, ...]

    def __init__(self, channels: int, height: int, width: int):
        """For images of `channels` × `height` × `width`."""
        super().__init__()

    @abstractmethod
    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images with values 0 … 1 to the maps that `levels` announces."""


class ConvBlock(nn.Module):
    """A 3×3 convolution, normalised and rectified."""

    def __init__(self, channels: int, out: int, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)), inplace=True)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions and a skip over them (He et al. 2016), 1×1 where the shape changes."""

    def __init__(self, channels: int, out: int, stride: int = 1):
        super().__init__()
        self.first = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out)
        self.second = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(out)
        nn.init.zeros_(self.second_norm.weight)  # starts as the skip alone (Goyal et al. 2017)
        same = stride == 1 and channels == out
        self.stride = stride
        self.skip = nn.Identity() if same else nn.Conv2d(channels, out, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.norm(self.first(x)), inplace=True)
        # a 1×1 convolution with a stride crashed on the way back, with few channels on a CPU (2.13)
        reached = x[..., :: self.stride, :: self.stride]
        return F.relu(self.second_norm(self.second(out)) + self.skip(reached), inplace=True)


MIN_MAP_SIDE = 5  # cells: the pyramid ends where the shorter side of its map is no longer than this
STEM_STRIDE_FROM = 96  # pixels: from this side on, the stem halves the image


def pyramid_strides(height: int, width: int) -> list[int]:
    """The strides of a pyramid for such images, finest first.

    >>> pyramid_strides(28, 28), pyramid_strides(144, 144)
    ([1, 2, 4, 8], [2, 4, 8, 16, 32])
    """
    short = min(height, width)
    found = [2 if short >= STEM_STRIDE_FROM else 1]
    while short / found[-1] > MIN_MAP_SIDE:
        found.append(found[-1] * 2)
    return found
