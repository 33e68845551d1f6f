"""VGG-19 (Simonyan & Zisserman 2015): 16 convolutions in five blocks, each layer by its name."""

from collections.abc import Collection, Sequence
from typing import Literal

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.errors import ConfigError
from ..frame.registry import unknown_name_error
from ._backbone import Backbone, FeatureInfo, FeaturePyramid

BLOCKS = (2, 2, 4, 4, 4)  # convolutions in each; a block begins by halving the map, but the first
WIDTHS = (64, 128, 256, 512, 512)
CONVOLUTIONS = tuple(
    f"conv{block}_{number}"
    for block, count in enumerate(BLOCKS, 1)
    for number in range(1, count + 1)
)

Pooling = Literal["max", "average"]
Padding = Literal["zeros", "reflect"]


class VGG19(Backbone):
    """3×3 convolutions, rectified, in five blocks: conv1_1, relu1_1 … conv5_4, relu5_4.

    `widths` are the channels of each block, `last` is the convolution it ends with. A map of odd
    size is halved upwards, as in the original (Caffe); torchvision drops the last row. `colours`
    puts a 1×1 convolution, conv0, in front, which holds what is done to colours beforehand.

    Average pooling after Gatys et al. 2015; as there, nothing makes up for its smaller values. (On
    photographs the mean of normalised VGG-19 falls to 0.86 after one pool and to 0.65 after two.)
    """

    def __init__(
        self,
        channels: int,
        height: int,
        width: int,
        *,
        widths: Sequence[int] = WIDTHS,
        last: str = CONVOLUTIONS[-1],
        pooling: Pooling = "max",
        padding: Padding = "zeros",
        color_transform: bool = False,
    ):
        """`padding` surrounds every map with a rim of one cell; "reflect" mirrors the map, which
        must then be two cells high and wide. Raises UnknownNameError or ConfigError."""
        super().__init__(channels, height, width)
        if last not in CONVOLUTIONS:
            raise unknown_name_error(last, CONVOLUTIONS, "convolution of VGG-19")
        self.convolutions = CONVOLUTIONS[: CONVOLUTIONS.index(last) + 1]
        blocks = block_of(last)
        if len(widths) < blocks:
            raise ConfigError(f"Expected {blocks} widths, a block each, got {list(widths)}.")
        self.pooling, self.padding = pooling, padding
        self.conv0 = nn.Conv2d(channels, channels, 1) if color_transform else None
        for name in self.convolutions:
            out = widths[block_of(name) - 1]
            conv = nn.Conv2d(channels, out, 3, padding=1 if padding == "zeros" else 0)
            nn.init.kaiming_uniform_(
                conv.weight, nonlinearity="relu"
            )  # else nothing reaches the end of 16 layers
            self.add_module(name, conv)
            channels = out
        self.stage_ends = tuple(
            max(name for name in self.convolutions if block_of(name) == block)
            for block in range(1, blocks + 1)
        )
        self.feature_info = tuple(FeatureInfo(widths[block], 2**block) for block in range(blocks))

    @property
    def layers(self) -> tuple[str, ...]:
        """All that can be read, first to last: each convolution, and what its rectifier lets by."""
        return tuple(layer for name in self.convolutions for layer in (name, relu_name(name)))

    def stride(self, layer: str) -> int:
        """How many pixels a cell of a layer covers."""
        return 2 ** (block_of(layer) - 1)

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        wanted = [relu_name(name) for name in self.stage_ends]
        found = self.forward_features(images, wanted)
        return [found[name] for name in wanted]

    def forward_features(
        self, images: Float[Tensor, "batch channels height width"], layers: Collection[str]
    ) -> dict[str, Tensor]:
        """The activations of the layers wanted, by name; nothing beyond the last is computed.

        Raises UnknownNameError for a layer it does not have."""
        for name in layers:
            if name not in self.layers:
                raise unknown_name_error(name, self.layers, "layer")
        found: dict[str, Tensor] = {}
        maps = images if self.conv0 is None else self.conv0(images)
        # colours need all their digits; what follows may compute in fewer
        maps = maps.to(self.get_parameter("conv1_1.weight").dtype)
        for name in self.convolutions:
            if len(found) == len(set(layers)):
                break
            if name.endswith("_1") and name != CONVOLUTIONS[0]:
                maps = self._pool(maps)
            maps = self._convolve(name, maps)
            if name in layers:
                found[name] = maps
            # in place only where nobody keeps what was there before
            maps = F.relu(maps, inplace=name not in layers)
            if relu_name(name) in layers:
                found[relu_name(name)] = maps
        return found

    def _convolve(self, name: str, maps: Tensor) -> Tensor:
        if self.padding == "reflect":
            maps = F.pad(maps, (1, 1, 1, 1), mode="reflect")
        return self.get_submodule(name)(maps)

    def _pool(self, maps: Tensor) -> Tensor:
        if self.pooling == "average":
            return F.avg_pool2d(maps, 2, ceil_mode=True)
        return F.max_pool2d(maps, 2, ceil_mode=True)


def relu_name(convolution: str) -> str:
    """What comes after a convolution.

    >>> relu_name("conv4_2")
    'relu4_2'
    """
    return convolution.replace("conv", "relu")


def block_of(layer: str) -> int:
    """The block a layer belongs to, 1 … 5.

    >>> block_of("relu4_2")
    4
    """
    return int(layer[4])
