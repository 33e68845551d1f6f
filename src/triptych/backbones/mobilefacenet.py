"""MobileFaceNet (Chen et al. 2018): inverted residuals, a million weights, made for faces."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ._backbone import Backbone, FeatureInfo, FeaturePyramid

# of each group of blocks: expansion, channels out, blocks, stride of the first (the paper's table)
GROUPS = ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1))
STEM = 64
COARSE = 512


class MobileFaceNet(Backbone):
    """The trunk of MobileFaceNet; its pretrained weights fit key for key.

    They were trained on RGB; a grey image is read as three equal channels. The ends of the stem,
    of each size of blocks and of the trunk are the levels.
    """

    def __init__(self, channels: int, height: int, width: int):
        super().__init__(channels, height, width)
        self.conv1 = ConvBNPReLU(3 if channels == 1 else channels, STEM, 3, stride=2)
        self.dw_conv1 = ConvBNPReLU(STEM, STEM, 3, groups=STEM)
        self.blocks = nn.ModuleList()
        self.stage_ends: list[int] = []  # the last block of each size but the coarsest
        before = STEM
        for expansion, out, count, stride in GROUPS:
            if stride > 1 and len(self.blocks):
                self.stage_ends.append(len(self.blocks) - 1)
            for number in range(count):
                self.blocks.append(Bottleneck(before, out, expansion, 1 if number else stride))
                before = out
        self.conv2 = ConvBNPReLU(before, COARSE, 1)
        self.feature_info = (
            FeatureInfo(64, 2),
            FeatureInfo(64, 4),
            FeatureInfo(128, 8),
            FeatureInfo(COARSE, 16),
        )

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        if images.shape[1] == 1:
            images = images.expand(-1, 3, -1, -1)
        x = self.dw_conv1(self.conv1((images * 255 - 127.5) / 128))
        maps = [x]
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.stage_ends:
                maps.append(x)
        return [*maps, self.conv2(x)]


class ConvBNPReLU(nn.Module):
    """A convolution, normalised, and rectified by channel (PReLU) unless it is `linear`."""

    def __init__(
        self,
        channels: int,
        out: int,
        kernel: int | tuple[int, int],
        *,
        stride: int = 1,
        groups: int = 1,
        linear: bool = False,
    ):
        super().__init__()
        # a kernel of two sides covers its whole map, so there is nothing to pad
        padding = kernel // 2 if isinstance(kernel, int) else 0
        self.conv = nn.Conv2d(channels, out, kernel, stride, padding, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(out)
        self.prelu = nn.Identity() if linear else nn.PReLU(out)

    def forward(self, x: Tensor) -> Tensor:
        return self.prelu(self.bn(self.conv(x)))


class Bottleneck(nn.Module):
    """Widen, look around in each channel, narrow (Sandler et al. 2018); a skip where shapes allow.

    The numbers of its layers are part of the names of the weights.
    """

    def __init__(self, channels: int, out: int, expansion: int, stride: int):
        super().__init__()
        wide = channels * expansion
        self.conv = nn.Sequential(
            nn.Conv2d(channels, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            nn.PReLU(wide),
            nn.Conv2d(wide, wide, 3, stride, padding=1, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.PReLU(wide),
            nn.Conv2d(wide, out, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.skips = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.skips else self.conv(x)


def fuse_conv_bn_(network: nn.Module) -> None:
    """Fold each norm behind a convolution into its weights, here and in all that is inside, where
    layers follow each other in order: in a `Unit` and in a Sequential. For evaluation only."""
    for part in network.modules():
        if isinstance(part, (ConvBNPReLU, nn.Sequential)):
            for (before, conv), (after, norm) in pairwise(list(part.named_children())):
                if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                    setattr(part, before, fuse_conv_bn_eval(conv, norm))
                    setattr(part, after, nn.Identity())
