"""dlib's face recognition network (King 2017): a ResNet of 29 convolutions, made for faces."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ._backbone import Backbone, FeatureInfo, FeaturePyramid
from ._blocks import Affine, Maps, OutputMaps

# of each group of blocks: channels, blocks; all but the first begin by halving the maps
GROUPS = ((32, 3), (64, 4), (128, 3), (256, 3), (256, 1))
STEM = 32
COLOR_MEAN = (122.782, 117.001, 104.298)  # RGB, 0 … 255
COLOR_SCALE = 256.0


class DlibResNet(Backbone):
    """The trunk of dlib's network; its pretrained weights fit without padding.

    They were trained on RGB; a grey image is read as three equal channels. Batch norms are affine
    layers here, as in the published weights: what they normalised is folded into them.
    """

    def __init__(self, channels: int, height: int, width: int, *, padded: bool = True):
        """
        Parameters:
            channels: 3 for RGB, or 1; `height` and `width` may be any, from 131 on unpadded.
            padded: whether maps that are halved are padded, so that their sides are rounded up.
                dlib's own network pads none: maps of 150 × 150 have sides 72, 35, 17, 8, 4 and 2.
        """
        super().__init__(channels, height, width)
        self.padded = padded
        self.conv = nn.Conv2d(
            3 if channels == 1 else channels, STEM, 7, 2, padding=3 if padded else 0
        )
        self.scale = Affine(STEM)
        self.blocks = nn.ModuleList()
        self.stage_ends: list[int] = []  # the last block of each size
        before = STEM
        for out, count in GROUPS:
            for number in range(count):
                stride = 2 if len(self.blocks) and not number else 1
                self.blocks.append(DlibBlock(before, out, stride, padded=padded))
                before = out
            self.stage_ends.append(len(self.blocks) - 1)
        widths = (STEM, *(out for out, _ in GROUPS))
        self.feature_info = tuple(FeatureInfo(out, 2 << i) for i, out in enumerate(widths))

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to maps at 2, 4, 8, 16, 32 and 64 pixels a cell."""
        if images.shape[1] == 1:
            images = images.expand(-1, 3, -1, -1)
        x = images * 255
        if images.shape[1] == 3:
            x = x - x.new_tensor(COLOR_MEAN).view(3, 1, 1)
        maps = [F.relu(self.scale(self.conv(x / COLOR_SCALE)))]
        x = F.max_pool2d(maps[0], 3, 2, padding=int(self.padded))
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.stage_ends:
                maps.append(x)
        return maps


class DlibBlock(nn.Module):
    """Two 3×3 convolutions and a skip, which is averaged where the maps are halved.

    Where skip and branch differ in size the smaller is filled up with zeros, right, below and in
    channels.
    """

    def __init__(self, channels: int, out: int, stride: int, *, padded: bool):
        """
        Parameters:
            channels: of the maps that come in.
            out: channels of those that go out.
            stride: 1, or 2 to halve the maps.
            padded: whether maps that are halved are padded.
        """
        super().__init__()
        self.stride, self.padded = stride, padded
        self.conv1 = nn.Conv2d(channels, out, 3, stride, padding=int(stride == 1 or padded))
        self.scale1 = Affine(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.scale2 = Affine(out)
        nn.init.zeros_(self.scale2.weight)  # starts as the skip alone (De and Smith 2020)

    def forward(self, x: Maps) -> OutputMaps:
        """Maps of the same size, or about half of it."""
        branch = self.scale2(self.conv2(F.relu(self.scale1(self.conv1(x)))))
        if self.stride == 2:
            x = F.avg_pool2d(x, 2, ceil_mode=self.padded, count_include_pad=False)
        if x.shape == branch.shape:
            return F.relu(branch + x)
        shape = [max(sides) for sides in zip(x.shape[1:], branch.shape[1:])]
        return F.relu(_zero_padded(branch, shape) + _zero_padded(x, shape))


def _zero_padded(x: Maps, shape: list[int]) -> OutputMaps:
    """Maps filled up with zeros to (channels, height, width)."""
    channels, height, width = (side - own for side, own in zip(shape, x.shape[1:]))
    return F.pad(x, (0, width, 0, height, 0, channels))
