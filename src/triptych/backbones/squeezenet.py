"""SqueezeNet 1.1 (Iandola et al. 2016): few weights, squeezed and expanded; layers by name."""

from collections.abc import Collection, Iterator

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.errors import ConfigError
from ..frame.packaged_weights import read_asset
from ..frame.shared_assets import SQUEEZENET
from ..frame.storage.assets import locate
from ._backbone import FeatureInfo
from ._named_layers import NamedLayers, Pooling

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
POOL_BEFORE = ("fire2", "fire4", "fire6")  # the map is halved before these
STAGE_ENDS = ("relu1", "fire3", "fire5", "fire9")  # the last layer of each size
STRIDES = (2, 4, 8, 16)
CAFFE_MEAN = (103.939, 116.779, 123.68)  # of BGR, 0 … 255, which the published weights expect


class SqueezeNet(NamedLayers):
    """A convolution, then eight fire modules: relu1, fire2 … fire9, each behind its ReLU."""

    FIRST_CONVOLUTION = "conv1"
    pretrained_on = "ImageNet"
    default_settings = {"freeze_epochs": 3, "layer_decay": 0.7}

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
        """
        Parameters:
            channels: of the images; `height` and `width` may be any.
            pooling: "max", or "average" as Gatys et al. prefer for style.
            padded: pad conv1 and the pools, so that every map has the size `feature_info`
                announces; the published weights were learned without.
            color_transform: put a 1×1 convolution, conv0, in front, which prepares colors.
        """
        super().__init__(channels, height, width)
        self.pooling, self.padding = pooling, int(padded)
        self.conv0 = nn.Conv2d(channels, channels, 1) if color_transform else None
        self.conv1 = nn.Conv2d(channels, STEM, 3, 2, self.padding)
        before = STEM
        for name, (squeezed, expanded) in FIRES.items():
            self.add_module(name, Fire(before, squeezed, expanded))
            before = 2 * expanded
        self.stage_ends = STAGE_ENDS
        widths = (STEM, *(2 * FIRES[name][1] for name in STAGE_ENDS[1:]))
        self.feature_info = tuple(
            FeatureInfo(width, stride) for width, stride in zip(widths, STRIDES)
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of all layers, first to last."""
        return ("relu1", *FIRES)

    def stride(self, layer: str) -> int:
        """Pixels of the image that a cell of this layer covers, each way."""
        place = self.layers.index(layer)
        return next(
            stride for end, stride in zip(STAGE_ENDS, STRIDES) if place <= self.layers.index(end)
        )

    @classmethod
    def has_pretrained(cls) -> bool:
        """Whether the file of its weights is on this machine."""
        return locate(SQUEEZENET) is not None

    def load_pretrained_(self) -> None:
        """Give it its ImageNet weights; what prepares colors is folded into the first convolution,
        and a grey image is read as three equal channels.

        Raises ConfigError for images of other than one or three channels, AssetNotFoundError
        without the file, DataError for a damaged one.
        """
        channels = self.conv1.in_channels
        if channels not in (1, 3) or self.conv0 is not None:
            raise ConfigError(
                "The published weights of squeezenet are for images of 1 or 3 channels, without "
                "color_transform. Train from random ones: --no-pretrained."
            )
        weights = read_asset(SQUEEZENET)
        shift = weights["conv1.weight"] * -torch.tensor(CAFFE_MEAN).view(3, 1, 1)
        weights["conv1.bias"] = weights["conv1.bias"] + shift.sum((1, 2, 3))
        weights["conv1.weight"] = 255 * weights["conv1.weight"].flip(1)  # BGR of 0 … 255
        if channels == 1:
            weights["conv1.weight"] = weights["conv1.weight"].sum(1, keepdim=True)
        self.load_state_dict(weights)

    def _activations(self, maps: Tensor, wanted: Collection[str]) -> Iterator[tuple[str, Tensor]]:
        maps = F.relu(self.conv1(maps), inplace=True)
        yield "relu1", maps
        for name in FIRES:
            if name in POOL_BEFORE:
                # unpadded, a last row that fills no window counts all the same, as in Caffe
                maps = self._pool(maps, 3, padding=self.padding, ceil_mode=not self.padding)
            maps = self.get_submodule(name)(maps)
            yield name, maps


class Fire(nn.Module):
    """A 1×1 convolution to few channels, then one of 1×1 and one of 3×3 side by side."""

    def __init__(self, channels: int, squeezed: int, expanded: int):
        """
        Parameters:
            channels: of the maps that come in.
            squeezed: channels between.
            expanded: channels of each of the two convolutions whose maps go out.
        """
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)
        for conv in (self.squeeze1x1, self.expand1x1, self.expand3x3):
            nn.init.kaiming_uniform_(conv.weight, nonlinearity="relu")

    def forward(
        self, maps: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch out height width"]:
        """Maps of the same size with 2 · `expanded` channels."""
        squeezed = F.relu(self.squeeze1x1(maps), inplace=True)
        expanded = torch.cat([self.expand1x1(squeezed), self.expand3x3(squeezed)], 1)
        return F.relu(expanded, inplace=True)
