"""A small residual network (He et al. 2016): the backbone for heads that need no fine maps."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from ._backbone import (
    Backbone,
    ConvBlock,
    FeatureInfo,
    FeaturePyramid,
    ResidualBlock,
    pyramid_strides,
)


class ResidualNet(Backbone):
    """A stem, then a residual block a level, each level half the size and twice the channels.

    Shallow layers are shared by all heads: every head reads maps of the same one pass.
    """

    def __init__(
        self,
        channels: int,
        height: int,
        width: int,
        *,
        base_channels: int = 16,
        max_channels: int = 128,
    ):
        super().__init__(channels, height, width)
        steps = pyramid_strides(height, width)
        widths = [min(base_channels * 2**i, max_channels) for i in range(len(steps))]
        self.stem = ConvBlock(channels, base_channels, steps[0])
        self.stages = nn.ModuleList(
            ResidualBlock(before, after, stride=2) for before, after in pairwise(widths)
        )
        self.feature_info = tuple(FeatureInfo(width, step) for width, step in zip(widths, steps))

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        maps = [self.stem(images)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps
