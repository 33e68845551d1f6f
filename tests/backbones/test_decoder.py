"""The light decoder: sizes, channels, and coarse maps that reach the finest."""

import pytest
import torch

from triptych.backbones._backbone import FeatureInfo
from triptych.backbones._decoder import PyramidDecoder

LEVELS = (FeatureInfo(3, 2), FeatureInfo(5, 4), FeatureInfo(7, 8))


@pytest.mark.parametrize("side", [16, 21])
def test_maps_keep_their_sizes_and_have_the_announced_channels(side: int):
    decoder = PyramidDecoder(LEVELS, 8)
    maps = [torch.rand(2, one.channels, *[-(-side // one.reduction)] * 2) for one in LEVELS]
    decoded = decoder(maps)
    assert [level.channels for level in decoder.feature_info] == [4, 8, 7]
    for before, after, level in zip(maps, decoded, decoder.feature_info):
        assert after.shape == (2, level.channels, *before.shape[2:])
    assert decoded[-1] is maps[-1]


def test_what_only_the_coarsest_map_knows_reaches_the_finest():
    torch.manual_seed(0)
    decoder = PyramidDecoder(LEVELS, 8).eval()
    maps = [
        torch.zeros(1, one.channels, 64 // one.reduction, 64 // one.reduction) for one in LEVELS
    ]
    dark = decoder(maps)[0]
    maps[-1][..., 0, 0] = 1
    difference = (decoder(maps)[0] - dark).abs().sum(1)[0]
    assert (difference[:4, :4] > 0).float().mean() > 0.5 and difference[24:, 24:].max() == 0
