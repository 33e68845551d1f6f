"""A U-Net (Ronneberger et al. 2015) with additive skips and global context at full resolution."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ._backbone import Backbone, FeatureInfo, FeaturePyramid, pyramid_strides
from ._blocks import ConvBlock, NetworkSize, Size, residual_level

GAIN = 8.0  # images of 0 … 1 are stretched to 0 … 8, so that single grey levels can be told apart


class UNet(Backbone):
    """Encoder as in `residual`; the decoder brings coarse maps back to the finest resolution.

    The finest maps first pass blocks of global context: what a pixel means may depend on the whole
    image, as an Otsu threshold does, and no stack of convolutions sees all of it.
    """

    def __init__(
        self,
        channels: int,
        height: int,
        width: int,
        *,
        size: Size = "s",
        base_channels: int | None = None,
        max_channels: int | None = None,
        context: int = 3,
        grid: int = 1,
        finest: int = 1,
    ):
        """
        Parameters:
            channels: of the images.
            height: of the images in pixels, as is `width`; they decide how many levels there are.
            size: "s", "m" or "l": wider and deeper, for larger images and more of them.
            base_channels: of the finest map, by default as `size` has it; each coarser one has
                twice as many.
            max_channels: of any map, by default as `size` has it.
            context: number of blocks of global context.
            grid: the image is split into grid × grid cells with a context each.
            finest: pixels a cell of the finest map that is decoded, at least; a power of 2.
        """
        super().__init__(channels, height, width)
        strides = pyramid_strides(height, width)
        form = NetworkSize.of(size, base_channels, max_channels)
        widths, first = form.widths(len(strides)), form.base_channels
        kernel = 3 if strides[0] > 1 else 1
        self.stem = nn.Conv2d(channels, first, kernel, strides[0], strides[0] // 2)
        assert self.stem.bias is not None
        nn.init.uniform_(self.stem.bias, -GAIN, GAIN / 2)  # kinks all over the range of values
        nn.init.normal_(self.stem.weight, std=(channels * self.stem.kernel_size[0] ** 2) ** -0.5)
        self.context = nn.Sequential(*(GlobalContext(first, grid=grid) for _ in range(context)))
        self.down = nn.ModuleList(
            residual_level(before, after, form.blocks) for before, after in pairwise(widths)
        )
        self.first = sum(stride < finest for stride in strides[:-1])
        decoded = widths[self.first :]
        self.lateral = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1, bias=False) for fine, coarse in pairwise(decoded)
        )
        self.up = nn.ModuleList(ConvBlock(width, width) for width in decoded[:-1])
        self.feature_info = tuple(
            FeatureInfo(*level) for level in zip(decoded, strides[self.first :])
        )

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to decoded maps, finest first."""
        x = self.context(F.relu(self.stem(images * GAIN), inplace=True))
        skips = [x]
        for block in self.down:
            skips.append(block(skips[-1]))
        skips = skips[self.first :]
        maps = [skips.pop()]
        for lateral, block in zip(reversed(self.lateral), reversed(self.up)):
            skip = skips.pop()
            coarse = F.interpolate(lateral(maps[0]), size=skip.shape[-2:], mode="nearest")
            maps.insert(0, block(skip + coarse))
        return maps


class GlobalContext(nn.Module):
    """Modulate every pixel by what the whole image is like (after GCNet, Cao et al. 2019).

    Several attention maps pool the features, each to the mean over the pixels it selects; from
    these means a small network computes a scale and a shift for every channel. Two blocks in a row
    can do a step of k-means: means of two groups, a better border between them, better means.
    """

    def __init__(self, channels: int, *, groups: int = 8, hidden: int = 64, grid: int = 1):
        """
        Parameters:
            channels: of the maps.
            groups: number of attention maps.
            hidden: width of the small network.
            grid: cells each way with a context of their own; they must divide the sides.
        """
        super().__init__()
        self.grid = grid
        self.attention = nn.Linear(channels, groups)
        self.squeeze = nn.Linear(channels * groups, hidden)
        self.excite = nn.Linear(hidden, 2 * channels)
        self.mix = nn.Linear(channels, channels)
        nn.init.zeros_(self.excite.weight)
        nn.init.zeros_(self.excite.bias)

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels height width"]:
        """The maps plus what the context says of each pixel."""
        pixels = self._to_cells(x)
        # over the last dimension: along others PyTorch adds up a pixel at a time, slowly, with 1e-5
        attention = self.attention(pixels).transpose(1, 2).softmax(2)
        means = attention.to(pixels.dtype) @ pixels
        modulation = self.excite(F.relu(self.squeeze(means.flatten(1))))
        scale, shift = modulation.chunk(2, 1)
        # scale, shift and mix in one matrix product: fewer passes over the pixels
        mixing = (1 + scale)[:, :, None] * self.mix.weight.T
        shift = self.mix(shift)[:, None]
        return x + self._from_cells(F.relu(torch.baddbmm(shift, pixels, mixing.to(shift.dtype))), x)

    def _to_cells(self, x: Tensor) -> Float[Tensor, "cells pixels channels"]:
        """The pixels of each cell of the grid in a row."""
        rows = x.permute(0, 2, 3, 1)
        if self.grid > 1:
            g, (b, h, w, _) = self.grid, rows.shape
            rows = rows.reshape(b, g, h // g, g, w // g, -1).transpose(2, 3)
            rows = rows.reshape(b * g * g, h // g, w // g, -1)
        return rows.flatten(1, 2)

    def _from_cells(self, cells: Tensor, like: Tensor) -> Tensor:
        """The cells' pixels, back where they were."""
        b, _, h, w = like.shape
        if self.grid > 1:
            g = self.grid
            cells = cells.reshape(b, g, g, h // g, w // g, -1).transpose(2, 3)
        return cells.reshape(b, h, w, -1).permute(0, 3, 1, 2)
