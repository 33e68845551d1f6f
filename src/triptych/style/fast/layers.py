"""The layers of a fast style network: mirrored convolutions and instance normalization."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

Maps = Float[Tensor, "batch channels height width"]
Window = tuple[slice, slice]

STRIDE = 4  # pixels a cell of the coarsest maps covers
VARIANCE_EPSILON = 1e-5  # variance added to that of a map


class StopForwardError(Exception):
    """Raised by a layer whose statistics are collected: nothing beyond it need be computed."""


class InstanceNorm(nn.Module):
    """Instance normalization: each map of each image to mean 0 and variance 1, then scaled and
    shifted by learned parameters.

    Parameters:
        channels: of the maps.
        cell: pixels a cell of the maps covers.
    """

    def __init__(self, channels: int, cell: int = 1):
        super().__init__()
        self.cell = cell
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.window: Window = slice(None), slice(None)
        self.collected: list[Tensor] | None = None  # number of places, sums, and sums of squares
        self.fixed_stats: tuple[Tensor, Tensor] | None = None  # mean and variance

    def forward(self, maps: Maps) -> Maps:
        if self.collected is not None:
            self._gather(maps)
            raise StopForwardError
        if self.fixed_stats is None:
            return F.instance_norm(maps, weight=self.scale, bias=self.shift, eps=VARIANCE_EPSILON)
        return F.batch_norm(maps, *self.fixed_stats, self.scale, self.shift, eps=VARIANCE_EPSILON)

    def finalize(self) -> None:
        """Fix the statistics that were collected."""
        assert self.collected
        places, sums, squares = torch.stack(self.collected).sum(0)
        mean = sums / places
        variance = (squares / places - mean.square()).clamp(min=0)
        self.collected, self.fixed_stats = None, (mean.to(self.scale), variance.to(self.scale))

    def _gather(self, maps: Maps) -> None:
        assert self.collected is not None
        rows, columns = (
            slice((one.start or 0) // self.cell, one.stop and -(-one.stop // self.cell))
            for one in self.window
        )
        # the mean of squares less the square of the mean: float32 has too few digits
        inside = maps[0, :, rows, columns].flatten(1).double()
        places = torch.full_like(inside[:, 0], inside.shape[1])
        self.collected.append(torch.stack([places, inside.sum(1), inside.square().sum(1)]))


class ConvLayer(nn.Module):
    """A convolution of mirrored maps, normalized and rectified.

    Parameters:
        channels: that go in.
        out_channels: that come out.
        kernel_size: side of the kernel, odd.
        stride: of the convolution.
        cell: pixels a cell of the result covers.
        rectify: whether a ReLU follows.
    """

    def __init__(
        self,
        channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        cell: int = 1,
        rectify: bool = True,
    ):
        super().__init__()
        self.kernel_size, self.rectify = kernel_size, rectify
        # a bias would be taken out by the normalisation
        self.conv = nn.Conv2d(channels, out_channels, kernel_size, stride, bias=False)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        self.norm = InstanceNorm(out_channels, cell)

    def forward(self, maps: Maps) -> Float[Tensor, "batch out rows columns"]:
        maps = self.norm(self.conv(reflect_pad(maps, self.kernel_size)))
        return F.relu(maps) if self.rectify else maps


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what came in (He et al. 2015; without a rectifier
    after the sum: Gross & Wilber 2016).

    Parameters:
        channels: of the maps.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.first = ConvLayer(channels, channels, 3, cell=STRIDE)
        self.second = ConvLayer(channels, channels, 3, cell=STRIDE, rectify=False)

    def forward(self, maps: Maps) -> Maps:
        return maps + self.second(self.first(maps))


def reflect_pad(maps: Maps, kernel_size: int) -> Float[Tensor, "batch channels taller wider"]:
    """Maps mirrored at their borders by as much as a convolution takes away.

    Parameters:
        maps: (B, C, height, width).
        kernel_size: of the convolution, odd.
    """
    padding = kernel_size // 2
    return F.pad(maps, (padding, padding, padding, padding), mode="reflect")
