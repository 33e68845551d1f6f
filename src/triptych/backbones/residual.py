"""A small residual network (He et al. 2016): the backbone for heads that need no fine maps."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from ._backbone import Backbone, FeatureInfo, FeaturePyramid, pyramid_strides
from ._blocks import ConvBlock, NetworkSize, Size, residual_level


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
        size: Size = "s",
        base_channels: int | None = None,
        max_channels: int | None = None,
    ):
        """
        Parameters:
            channels: of the images.
            height: of the images in pixels, as is `width`; they decide how many levels there are.
            size: "s", "m" or "l": wider and deeper, for larger images and more of them.
            base_channels: of the finest map, by default as `size` has it; each coarser one has
                twice as many.
            max_channels: of any map, by default as `size` has it.
        """
        super().__init__(channels, height, width)
        strides = pyramid_strides(height, width)
        form = NetworkSize.of(size, base_channels, max_channels)
        widths, first = form.widths(len(strides)), form.base_channels
        self.stem = ConvBlock(channels, first, strides[0])
        self.stages = nn.ModuleList(
            residual_level(before, after, form.blocks) for before, after in pairwise(widths)
        )
        self.feature_info = tuple(FeatureInfo(*level) for level in zip(widths, strides))

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to maps, each half as large as the one before."""
        maps = [self.stem(images)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps
