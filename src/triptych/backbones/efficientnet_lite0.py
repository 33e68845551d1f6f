"""EfficientNet-Lite0 (after Tan & Le 2019): inverted residuals that ImageNet has trained."""

from collections.abc import Iterator

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.errors import ConfigError
from ..frame.packaged_weights import EFFICIENTNET_LITE0, StateDict
from ._backbone import Backbone, FeatureInfo, FeaturePyramid
from ._blocks import Maps, OutputMaps
from ._decoder import PyramidDecoder

STEM = 32
# of each stage its groups of blocks: expansion, kernel, stride of the first, channels, blocks
STAGES = (
    ((1, 3, 1, 16, 1),),
    ((6, 3, 2, 24, 2),),
    ((6, 5, 2, 40, 2),),
    ((6, 3, 2, 80, 3), (6, 5, 1, 112, 3)),
    ((6, 5, 2, 192, 4), (6, 3, 1, 320, 1)),
)
NORM_EPS = 1e-3  # TensorFlow's
COLOR_MEAN, COLOR_SCALE = 127.0, 128.0  # of values 0 … 255
PUBLISHED = {
    "expand": "_expand_conv",
    "expand_norm": "_bn0",
    "depthwise": "_depthwise_conv",
    "depthwise_norm": "_bn1",
    "project": "_project_conv",
    "project_norm": "_bn2",
}
"""Names of the layers of a block in the published file, by their names here."""


class EfficientNetLite0(Backbone):
    """The trunk of EfficientNet-Lite0, and on demand a light decoder for heads that read fine maps.

    No squeeze-and-excite and ReLU6 throughout, so that it is quick on any device. Strides pad as
    TensorFlow does, which the weights need: more on the right and below than on the left and above.
    A grey image is read as three equal channels.
    """

    name = "efficientnet-lite0"
    pretrained_on = "ImageNet"
    default_settings = {"freeze_epochs": 3, "layer_decay": 0.7}

    def __init__(
        self,
        channels: int,
        height: int,
        width: int,
        *,
        decoder: bool = False,
        decoder_channels: int = 64,
        finest: int = 2,
    ):
        """
        Parameters:
            channels: 3 for RGB, or 1; `height` and `width` may be any.
            decoder: bring coarse maps back to the finer ones, as a U-Net does.
            decoder_channels: of the decoded maps, half as many at 2 pixels a cell.
            finest: pixels a cell of the finest map that is decoded, at least; a power of 2.

        Raises ConfigError for images of other than one or three channels.
        """
        super().__init__(channels, height, width)
        if channels not in (1, 3):
            raise ConfigError(
                f"efficientnet-lite0 sees images of 1 or 3 channels, got {channels}. Choose "
                "another backbone."
            )
        self.stem = Stem()
        self.stages = nn.ModuleList()
        before = STEM
        for groups in STAGES:
            blocks = []
            for expansion, kernel, stride, out, count in groups:
                for number in range(count):
                    step = 1 if number else stride
                    blocks.append(InvertedResidual(before, out, expansion, kernel, step))
                    before = out
            self.stages.append(nn.Sequential(*blocks))
        trunk = tuple(FeatureInfo(groups[-1][3], 2 << i) for i, groups in enumerate(STAGES))
        # maps finer than those that are read are not decoded
        self.first = sum(level.reduction < finest for level in trunk[:-1]) if decoder else 0
        # maps of the trunk are neither rectified nor of a scale that heads could begin with
        self.adapters = nn.ModuleList(Adapter(level.channels) for level in trunk[self.first :])
        self.decoder = PyramidDecoder(trunk[self.first :], decoder_channels) if decoder else None
        self.feature_info = trunk if self.decoder is None else self.decoder.feature_info

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to adapted maps at 2, 4, 8, 16 and 32 pixels a cell."""
        maps = [adapt(x) for adapt, x in zip(self.adapters, self.trunk(images)[self.first :])]
        return maps if self.decoder is None else self.decoder(maps)

    def trunk(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to the maps of each stage, as the published weights give them."""
        if images.shape[1] == 1:
            images = images.expand(-1, 3, -1, -1)
        maps = [self.stem((images * 255 - COLOR_MEAN) / COLOR_SCALE)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[1:]

    def layer_groups(self) -> tuple[nn.Module, ...]:
        """The stem and the five stages; adapters and a decoder are trained as heads are."""
        return self.stem, *self.stages

    @classmethod
    def has_pretrained(cls) -> bool:
        """Whether the package with its weights is installed."""
        return EFFICIENTNET_LITE0.is_installed()

    def load_pretrained_(self) -> None:
        """Give the trunk its ImageNet weights.

        Raises MissingDependencyError without their package, AssetNotFoundError or DataError for one
        of another version or damaged.
        """
        self.load_trunk_(EFFICIENTNET_LITE0.read())

    def load_trunk_(self, published: StateDict) -> None:
        """Give the trunk weights under the names of the published file.

        Parameters:
            published: tensors by name; a classifier among them is left out.
        """
        own = self.state_dict()
        names = dict(self._published_names())
        state = {name: published[there] for name, there in names.items() if there in published}
        trunk = {name for name in own if name.startswith(("stem.", "stages."))}
        counters = {name for name in trunk if name.endswith("num_batches_tracked")}
        assert trunk - counters <= state.keys()
        self.load_state_dict({**own, **state})

    def _published_names(self) -> Iterator[tuple[str, str]]:
        """Each tensor of the trunk: its name here and its name in the published file."""
        layers = {"stem.conv": "_conv_stem", "stem.norm": "_bn0"}
        blocks = [
            f"stages.{i}.{j}" for i, stage in enumerate(STAGES) for j in range(_blocks_in(stage))
        ]
        for number, block in enumerate(blocks):
            for here, there in PUBLISHED.items():
                layers[f"{block}.{here}"] = f"_blocks.{number}.{there}"
        for name in self.state_dict():
            layer, _, part = name.rpartition(".")
            if layer in layers:
                yield name, f"{layers[layer]}.{part}"


class Stem(nn.Module):
    """A 3×3 convolution that halves the image, batch norm and ReLU6."""

    def __init__(self):
        super().__init__()
        self.conv = SameConv2d(3, STEM, 3, 2)
        self.norm = nn.BatchNorm2d(STEM, eps=NORM_EPS)

    def forward(self, x: Maps) -> OutputMaps:
        """Maps of half the size, rounded up."""
        return F.relu6(self.norm(self.conv(x)), inplace=True)


class Adapter(nn.Sequential):
    """A 1×1 convolution, batch norm and ReLU: what a frozen map has to say to the heads."""

    def __init__(self, channels: int):
        """
        Parameters:
            channels: of the maps that come in and of those that go out.
        """
        conv = nn.Conv2d(channels, channels, 1, bias=False)
        super().__init__(conv, nn.BatchNorm2d(channels), nn.ReLU(inplace=True))


class InvertedResidual(nn.Module):
    """1×1 to more channels, a convolution of each channel, 1×1 to few (Sandler et al. 2018), and a
    skip where the shape stays."""

    def __init__(self, channels: int, out: int, expansion: int, kernel: int, stride: int):
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            expansion: channels between, over those that come in; 1 for no first convolution.
            kernel: side of the convolution of each channel.
            stride: 1, or 2 to halve the maps.
        """
        super().__init__()
        inner = channels * expansion
        self.expand = SameConv2d(channels, inner, 1) if expansion > 1 else None
        self.expand_norm = nn.BatchNorm2d(inner, eps=NORM_EPS) if expansion > 1 else None
        self.depthwise = SameConv2d(inner, inner, kernel, stride, groups=inner)
        self.depthwise_norm = nn.BatchNorm2d(inner, eps=NORM_EPS)
        self.project = SameConv2d(inner, out, 1)
        self.project_norm = nn.BatchNorm2d(out, eps=NORM_EPS)
        self.has_skip = stride == 1 and channels == out

    def forward(self, x: Maps) -> OutputMaps:
        """Maps smaller by `stride`, rounded up."""
        inner = x
        if self.expand is not None and self.expand_norm is not None:
            inner = F.relu6(self.expand_norm(self.expand(x)), inplace=True)
        inner = F.relu6(self.depthwise_norm(self.depthwise(inner)), inplace=True)
        out = self.project_norm(self.project(inner))
        return x + out if self.has_skip else out


class SameConv2d(nn.Conv2d):
    """A convolution without bias whose maps have the size of what comes in over its stride, rounded
    up, padded as TensorFlow's "SAME": an odd cell more goes right and below."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, *, groups: int = 1):
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            kernel: side of the kernel, odd.
            stride: 1, or 2 to halve the maps.
            groups: into which the channels are split.
        """
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(channels, out, kernel, stride, padding, groups=groups, bias=False)
        nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, input: Maps) -> OutputMaps:
        """Maps smaller by the stride, rounded up."""
        stride, kernel = self.stride[0], self.kernel_size[0]
        if stride > 1:
            height, width = (
                max((-(-side // stride) - 1) * stride + kernel - side, 0)
                for side in input.shape[-2:]
            )
            input = F.pad(
                input, (width // 2, width - width // 2, height // 2, height - height // 2)
            )
        return super().forward(input)


def _blocks_in(stage: tuple[tuple[int, ...], ...]) -> int:
    return sum(group[-1] for group in stage)
