"""A small residual network (He et al. 2016): the backbone for heads that need no fine maps."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..backbone import Backbone, Features, Level, ResidualBlock, strides


class Residual(Backbone):
    """A stem, then a residual block a level, each level half the size and twice the channels.

    Shallow layers are shared by all heads: every head reads maps of the same one pass.
    """

    def __init__(self, channels: int, height: int, width: int, *, base: int = 24, widest: int = 96):
        super().__init__(channels, height, width)
        steps = strides(height, width)
        widths = [min(base * 2**i, widest) for i in range(len(steps))]
        self.stem = nn.Conv2d(channels, base, 3, steps[0], padding=1, bias=False)
        self.norm = nn.BatchNorm2d(base)
        narrower = [base, *widths[:-1]]
        self.stages = nn.ModuleList(
            ResidualBlock(before, after, stride=2 if i else 1)
            for i, (before, after) in enumerate(zip(narrower, widths))
        )
        self.levels = tuple(Level(width, step) for width, step in zip(widths, steps))

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> Features:
        x = F.relu(self.norm(self.stem(images)), inplace=True)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps
