"""SqueezeNet 1.1 (Iandola et al. 2016): few weights, squeezed and expanded; layers by name."""

from collections.abc import Collection

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.registry import unknown_name_error
from ._backbone import Backbone, FeatureInfo, FeaturePyramid
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
POOL_BEFORE = ("fire2", "fire4", "fire6")  # before these the map is halved
STAGE_ENDS = ("relu1", "fire3", "fire5", "fire9")  # the last of each size
STRIDES = (2, 4, 8, 16)


class SqueezeNet(Backbone):
    """A convolution, then eight fires: relu1, fire2 … fire9, each rectified.

    The published weights were learned without a rim around conv1 and the pools: `padded` False.
    With a rim every map has the size its level announces. `color_transform` puts a 1×1 convolution,
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
        color_transform: bool = False,
    ):
        super().__init__(channels, height, width)
        self.pooling, self.padding = pooling, int(padded)
        self.conv0 = nn.Conv2d(channels, channels, 1) if color_transform else None
        self.conv1 = nn.Conv2d(channels, STEM, 3, 2, self.padding)
        before = STEM
        for name, (squeezed, expanded) in FIRES.items():
            self.add_module(name, Fire(before, squeezed, expanded))
            before = 2 * expanded
        widths = (STEM, *(2 * FIRES[name][1] for name in STAGE_ENDS[1:]))
        self.feature_info = tuple(
            FeatureInfo(width, stride) for width, stride in zip(widths, STRIDES)
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """All that can be read, first to last."""
        return ("relu1", *FIRES)

    def stride(self, layer: str) -> int:
        """How many pixels a cell of a layer covers."""
        place = self.layers.index(layer)
        return next(
            stride for end, stride in zip(STAGE_ENDS, STRIDES) if place <= self.layers.index(end)
        )

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        found = self.forward_features(images, STAGE_ENDS)
        return [found[name] for name in STAGE_ENDS]

    def forward_features(
        self, images: Float[Tensor, "batch channels height width"], layers: Collection[str]
    ) -> dict[str, Tensor]:
        """The activations of the layers wanted, by name; nothing beyond the last is computed.

        Raises UnknownNameError for a layer it does not have."""
        for name in layers:
            if name not in self.layers:
                raise unknown_name_error(name, self.layers, "layer")
        maps = images if self.conv0 is None else self.conv0(images)
        # colours need all their digits; what follows may compute in fewer
        maps = F.relu(self.conv1(maps.to(self.conv1.weight.dtype)), inplace=True)
        found = {"relu1": maps} if "relu1" in layers else {}
        for name in FIRES:
            if len(found) == len(set(layers)):
                break
            if name in POOL_BEFORE:
                maps = self._pool(maps)
            maps = self.get_submodule(name)(maps)
            if name in layers:
                found[name] = maps
        return found

    def _pool(self, maps: Tensor) -> Tensor:
        # without a rim, a last row that fills no window counts all the same, as in Caffe
        upwards = not self.padding
        if self.pooling == "average":
            return F.avg_pool2d(
                maps, 3, 2, self.padding, ceil_mode=upwards, count_include_pad=False
            )
        return F.max_pool2d(maps, 3, 2, self.padding, ceil_mode=upwards)


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
