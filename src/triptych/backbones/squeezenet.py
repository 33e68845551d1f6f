"""SqueezeNet 1.1 (Iandola et al. 2016): few weights, squeezed and expanded; layers by name."""

from collections.abc import Collection

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.registry import nearest
from ._backbone import Backbone, Features, Level
from .vgg19 import Pooling

STEM = 64  # channels of conv1
FIRES = {  # channels squeezed to, and of each of the two expansions
    "fire2": (16, 64),
    "fire3": (16, 64),
    "fire4": (32, 128),
    "fire5": (32, 128),
    "fire6": (48, 192),
    "fire7": (48, 192),
    "fire8": (64, 256),
    "fire9": (64, 256),
}
HALVED = ("fire2", "fire4", "fire6")  # before these the map is halved
ENDS = ("relu1", "fire3", "fire5", "fire9")  # the last of each size
STRIDES = (2, 4, 8, 16)


class Squeezenet(Backbone):
    """A convolution, then eight fires: relu1, fire2 … fire9, each rectified.

    The published weights were learned without a rim around conv1 and the pools: `padded` False.
    With a rim every map has the size its level announces. `colours` puts a 1×1 convolution,
    conv0, in front, which holds what is done to colours beforehand.
    """

    def __init__(
        self,
        channels: int,
        height: int,
        width: int,
        *,
        pooling: Pooling = "max",
        padded: bool = True,
        colours: bool = False,
    ):
        super().__init__(channels, height, width)
        self.pooling, self.rim = pooling, int(padded)
        self.conv0 = nn.Conv2d(channels, channels, 1) if colours else None
        self.conv1 = nn.Conv2d(channels, STEM, 3, 2, self.rim)
        before = STEM
        for name, (squeezed, expanded) in FIRES.items():
            self.add_module(name, Fire(before, squeezed, expanded))
            before = 2 * expanded
        widths = (STEM, *(2 * FIRES[name][1] for name in ENDS[1:]))
        self.levels = tuple(Level(width, stride) for width, stride in zip(widths, STRIDES))

    @property
    def layers(self) -> tuple[str, ...]:
        """All that can be read, first to last."""
        return ("relu1", *FIRES)

    def stride(self, layer: str) -> int:
        """How many pixels a cell of a layer covers."""
        place = self.layers.index(layer)
        return next(stride for end, stride in zip(ENDS, STRIDES) if place <= self.layers.index(end))

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> Features:
        found = self.read(images, ENDS)
        return [found[name] for name in ENDS]

    def read(
        self, images: Float[Tensor, "batch channels height width"], wanted: Collection[str]
    ) -> dict[str, Tensor]:
        """The activations of the layers wanted, by name; nothing beyond the last is computed.

        Raises UnknownNameError for a layer it does not have."""
        for name in wanted:
            if name not in self.layers:
                raise nearest(name, self.layers, "layer")
        maps = images if self.conv0 is None else self.conv0(images)
        # colours need all their digits; what follows may compute in fewer
        maps = F.relu(self.conv1(maps.to(self.conv1.weight.dtype)), inplace=True)
        found = {"relu1": maps} if "relu1" in wanted else {}
        for name in FIRES:
            if len(found) == len(set(wanted)):
                break
            if name in HALVED:
                maps = self._halved(maps)
            maps = self.get_submodule(name)(maps)
            if name in wanted:
                found[name] = maps
        return found

    def _halved(self, maps: Tensor) -> Tensor:
        # without a rim, a last row that fills no window counts all the same, as in Caffe
        upwards = not self.rim
        if self.pooling == "average":
            return F.avg_pool2d(maps, 3, 2, self.rim, ceil_mode=upwards, count_include_pad=False)
        return F.max_pool2d(maps, 3, 2, self.rim, ceil_mode=upwards)


class Fire(nn.Module):
    """A 1×1 convolution to few channels, then one of 1×1 and one of 3×3 side by side."""

    def __init__(self, channels: int, squeezed: int, expanded: int):
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)
        for conv in (self.squeeze1x1, self.expand1x1, self.expand3x3):
            nn.init.kaiming_uniform_(conv.weight, nonlinearity="relu")

    def forward(
        self, maps: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch out height width"]:
        squeezed = F.relu(self.squeeze1x1(maps), inplace=True)
        expanded = torch.cat([self.expand1x1(squeezed), self.expand3x3(squeezed)], 1)
        return F.relu(expanded, inplace=True)
