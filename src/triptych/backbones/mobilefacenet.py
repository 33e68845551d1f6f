"""MobileFaceNet (Chen et al. 2018): inverted residuals, a million weights, made for faces."""

from jaxtyping import Float
from torch import Tensor, nn

from ._backbone import Backbone, FeatureInfo, FeaturePyramid

# of each group of blocks: expansion, channels out, blocks, stride of the first (the paper's table)
GROUPS = ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1))
STEM = 64
COARSE = 512


class MobileFaceNet(Backbone):
    """The trunk of MobileFaceNet; its pretrained weights fit key for key.

    They were trained on RGB; a grey image is read as three equal channels. The pyramid is the
    outputs of the stem, of the last block of each size, and of the trunk.
    """

    def __init__(self, channels: int, height: int, width: int):
        """
        Parameters:
            channels: 3 for RGB, or 1; `height` and `width` may be any.
        """
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
        """Images of 0 … 1 to maps at 2, 4, 8 and 16 pixels a cell."""
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
    """A convolution, batch norm, and a PReLU by channel."""

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
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            kernel: one side, padded so that maps keep their size; or both, unpadded.
            stride: of the convolution.
            groups: of channels that are convolved apart; `channels` for a depthwise convolution.
            linear: leave the PReLU out.
        """
        super().__init__()
        # a kernel of two sides covers its whole map, so there is nothing to pad
        padding = kernel // 2 if isinstance(kernel, int) else 0
        self.conv = nn.Conv2d(channels, out, kernel, stride, padding, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(out)
        self.prelu = nn.Identity() if linear else nn.PReLU(out)

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch out out_height out_width"]:
        """Maps smaller by `stride`, rounded up."""
        return self.prelu(self.bn(self.conv(x)))


class Bottleneck(nn.Module):
    """Inverted residual (Sandler et al. 2018): 1×1 expand, 3×3 depthwise, 1×1 project.

    With a shortcut at stride 1 and equal channels. The numbers of its layers are part of the names
    of the published weights.
    """

    def __init__(self, channels: int, out: int, expansion: int, stride: int):
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            expansion: how many times more channels there are between.
            stride: of the depthwise convolution.
        """
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

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch out out_height out_width"]:
        """Maps smaller by `stride`, rounded up."""
        return x + self.conv(x) if self.skips else self.conv(x)
