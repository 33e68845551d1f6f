"""VGG-19 (Simonyan & Zisserman 2015): 16 convolutions in five blocks, each layer by its name."""

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from ..frame.errors import ConfigError
from ..frame.registry import unknown_name_error
from ._backbone import FeatureInfo
from ._named_layers import NamedLayers
from ._named_layers import Pooling as Pooling

BLOCKS = (2, 2, 4, 4, 4)  # convolutions in each; every block but the first halves the map before
WIDTHS = (64, 128, 256, 512, 512)
CONVOLUTIONS = tuple(
    f"conv{block}_{number}"
    for block, count in enumerate(BLOCKS, 1)
    for number in range(1, count + 1)
)

Padding = Literal["zeros", "reflect"]
"""What surrounds every map by one cell; reflect needs maps two cells high and wide."""


class VGG19(NamedLayers):
    """3×3 convolutions and ReLUs in five blocks: conv1_1, relu1_1 … conv5_4, relu5_4.

    A map of odd size is halved upwards, as in the original (Caffe); torchvision drops the last row.
    As in Gatys et al. 2015, nothing makes up for the smaller values of average pooling. (On
    photographs the mean of normalized VGG-19 falls to 0.86 after one pool and to 0.65 after two.)
    """

    FIRST_CONVOLUTION = CONVOLUTIONS[0]

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
        """
        Parameters:
            channels: of the images; `height` and `width` may be any.
            widths: channels of each block.
            last: the convolution the network ends with.
            pooling: "max", or "average" as Gatys et al. prefer for style.
            padding: "zeros" around every convolution, or "none": maps then shrink by two rows and
                columns each.
            color_transform: put a 1×1 convolution, conv0, in front, which prepares colors.

        Raises UnknownNameError for no such convolution, ConfigError for too few widths.
        """
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
            # else nothing reaches the end of 16 layers
            nn.init.kaiming_uniform_(conv.weight, nonlinearity="relu")
            self.add_module(name, conv)
            channels = out
        self.stage_ends = tuple(
            relu_name(max(name for name in self.convolutions if block_of(name) == block))
            for block in range(1, blocks + 1)
        )
        self.feature_info = tuple(FeatureInfo(widths[block], 2**block) for block in range(blocks))

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of all layers, first to last: each convolution and its ReLU."""
        return tuple(layer for name in self.convolutions for layer in (name, relu_name(name)))

    def stride(self, layer: str) -> int:
        """Pixels of the image that a cell of this layer covers, each way."""
        return 2 ** (block_of(layer) - 1)

    def _activations(self, maps: Tensor, wanted: Collection[str]) -> Iterator[tuple[str, Tensor]]:
        for name in self.convolutions:
            if name.endswith("_1") and name != CONVOLUTIONS[0]:
                maps = self._pool(maps, 2)
            if self.padding == "reflect":
                maps = F.pad(maps, (1, 1, 1, 1), mode="reflect")
            maps = self.get_submodule(name)(maps)
            yield name, maps
            maps = F.relu(maps, inplace=name not in wanted)
            yield relu_name(name), maps


def relu_name(convolution: str) -> str:
    """The layer behind a convolution.

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
