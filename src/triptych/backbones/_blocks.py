"""Blocks of convolutions that several backbones are built from."""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.registry import unknown_name_error

Size = Literal["s", "m", "l"]


@dataclass(frozen=True)
class NetworkSize:
    """How wide and how deep a network is.

    Parameters:
        base_channels: of the finest map; each coarser one has twice as many.
        max_channels: of any map.
        blocks: residual blocks a level.
    """

    base_channels: int
    max_channels: int
    blocks: int

    @classmethod
    def of(cls, size: str, base_channels: int | None, max_channels: int | None) -> "NetworkSize":
        """A size by its name, with other widths where they are said.

        Parameters:
            size: in `SIZES`.
            base_channels: of the finest map; None for those of the size.
            max_channels: of any map; None for those of the size.

        Raises UnknownNameError for no such size.
        """
        if size not in SIZES:
            raise unknown_name_error(size, SIZES, "size")
        own = SIZES[size]
        base = own.base_channels if base_channels is None else base_channels
        most = own.max_channels if max_channels is None else max_channels
        return cls(base, most, own.blocks)

    def widths(self, levels: int) -> list[int]:
        """The channels of each level, finest first.

        Parameters:
            levels: how many there are.
        """
        return [min(self.base_channels * 2**i, self.max_channels) for i in range(levels)]


SIZES = {"s": NetworkSize(16, 128, 1), "m": NetworkSize(32, 256, 2), "l": NetworkSize(48, 384, 3)}
"""Of the networks that are trained from random weights."""

Maps = Float[Tensor, "batch channels height width"]
OutputMaps = Float[Tensor, "batch out out_height out_width"]


class ConvBlock(nn.Module):
    """A 3×3 convolution, batch norm and ReLU."""

    def __init__(self, channels: int, out: int, stride: int = 1):
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            stride: 1, or 2 to halve the maps.
        """
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x: Maps) -> OutputMaps:
        """Maps smaller by `stride`, rounded up."""
        return F.relu(self.norm(self.conv(x)), inplace=True)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions and a skip over them (He et al. 2016), 1×1 where the shape changes."""

    def __init__(self, channels: int, out: int, stride: int = 1):
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            stride: 1, or 2 to halve the maps.
        """
        super().__init__()
        self.first = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out)
        self.second = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(out)
        nn.init.zeros_(self.second_norm.weight)  # starts as the skip alone (Goyal et al. 2017)
        same = stride == 1 and channels == out
        self.stride = stride
        self.skip = nn.Identity() if same else nn.Conv2d(channels, out, 1, bias=False)

    def forward(self, x: Maps) -> OutputMaps:
        """Maps smaller by `stride`, rounded up."""
        out = F.relu(self.norm(self.first(x)), inplace=True)
        # a strided 1×1 convolution crashes in the backward pass with few channels on a CPU (2.13)
        skipped = x[..., :: self.stride, :: self.stride]
        return F.relu(self.second_norm(self.second(out)) + self.skip(skipped), inplace=True)


def residual_level(channels: int, out: int, blocks: int) -> nn.Module:
    """Residual blocks of which the first halves the maps.

    Parameters:
        channels: of the maps that come in.
        out: channels of those that go out.
        blocks: how many there are.
    """
    first = ResidualBlock(channels, out, stride=2)
    if blocks == 1:
        return first
    return nn.Sequential(first, *(ResidualBlock(out, out) for _ in range(blocks - 1)))


class Affine(nn.Module):
    """A factor and a shift a channel."""

    def __init__(self, channels: int):
        """
        Parameters:
            channels: of the maps.
        """
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Maps) -> Maps:
        """Maps of the same shape."""
        return x * self.weight[:, None, None] + self.bias[:, None, None]
