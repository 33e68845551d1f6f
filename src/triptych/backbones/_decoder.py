"""A light decoder: coarse maps of a pretrained network brought back to its finer ones."""

from collections.abc import Sequence
from itertools import pairwise

import torch.nn.functional as F
from torch import nn

from ._backbone import FeatureInfo, FeaturePyramid
from ._blocks import Maps, OutputMaps

FINE = 2  # reduction: maps this fine have half the channels, as they have most of the cells


class PyramidDecoder(nn.Module):
    """1×1 convolutions of every map, coarse ones added to the next finer one, and a depthwise
    separable block on each sum (after FPN, Lin et al. 2017, with one width but for the finest)."""

    def __init__(self, feature_info: Sequence[FeatureInfo], channels: int):
        """
        Parameters:
            feature_info: of the maps that come in, finest first.
            channels: of the decoded maps; half as many where a cell covers 2×2 pixels or fewer.
        """
        super().__init__()
        coarsest = feature_info[-1]
        widths = [
            channels // 2 if level.reduction <= FINE else channels for level in feature_info[:-1]
        ]
        self.lateral = nn.ModuleList(
            nn.Conv2d(level.channels, width, 1, bias=False)
            for level, width in zip(feature_info, widths)
        )
        self.up = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1, bias=False)
            for fine, coarse in pairwise([*widths, coarsest.channels])
        )
        self.blocks = nn.ModuleList(SeparableBlock(width) for width in widths)
        reductions = [level.reduction for level in feature_info]
        self.feature_info = (
            *(FeatureInfo(*level) for level in zip(widths, reductions)),
            coarsest,
        )

    def forward(self, features: FeaturePyramid) -> FeaturePyramid:
        """Decoded maps of the same sizes; the coarsest as it came.

        Parameters:
            features: finest first, as `feature_info` said.
        """
        maps = [features[-1]]
        levels = zip(features, self.lateral, self.up, self.blocks)
        for fine, lateral, up, block in reversed([*levels]):
            coarse = F.interpolate(up(maps[0]), size=fine.shape[-2:], mode="nearest")
            maps.insert(0, block(lateral(fine) + coarse))
        return maps


class SeparableBlock(nn.Module):
    """Batch norm and ReLU, a 3×3 convolution of each channel, one of 1×1, batch norm and ReLU."""

    def __init__(self, channels: int):
        """
        Parameters:
            channels: of the maps that come in and of those that go out.
        """
        super().__init__()
        self.first_norm = nn.BatchNorm2d(channels)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Maps) -> OutputMaps:
        """Maps of the same shape."""
        x = F.relu(self.first_norm(x), inplace=True)
        return F.relu(self.norm(self.pointwise(self.depthwise(x))), inplace=True)
