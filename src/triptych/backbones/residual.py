"""A small residual network (He et al. 2016): the backbone for heads that need no fine maps."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from ._backbone import Backbone, FeatureInfo, FeaturePyramid, pyramid_strides
from ._blocks import ConvBlock, ResidualBlock


class ResidualNet(Backbone):
    """A stem, then a residual block a level, each half the size and twice the channels.

    All heads share its layers: each reads maps of the same one pass.
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
        """
        Parameters:
            channels: of the images.
            height: of the images in pixels, as is `width`; they decide how many levels there are.
            base_channels: of the finest map; each coarser one has twice as many.
            max_channels: of any map.
        """
        super().__init__(channels, height, width)
        strides = pyramid_strides(height, width)
        widths = [min(base_channels * 2**i, max_channels) for i in range(len(strides))]
        self.stem = ConvBlock(channels, base_channels, strides[0])
        self.stages = nn.ModuleList(
            ResidualBlock(before, after, stride=2) for before, after in pairwise(widths)
        )
        self.feature_info = tuple(FeatureInfo(*level) for level in zip(widths, strides))

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to maps, each half as large as the one before."""
        maps = [self.stem(images)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps
