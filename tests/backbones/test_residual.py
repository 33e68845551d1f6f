"""The residual backbone: twice the channels a level, up to a limit."""

from triptych.backbones import FeatureInfo
from triptych.backbones.residual import ResidualNet


def test_channels_double_up_to_the_limit():
    net = ResidualNet(1, 144, 144, base_channels=8, max_channels=24)
    assert net.feature_info == tuple(
        FeatureInfo(*level) for level in ((8, 2), (16, 4), (24, 8), (24, 16), (24, 32))
    )


def test_small_images_are_not_shrunk_by_the_stem():
    assert ResidualNet(1, 28, 28).feature_info[0].reduction == 1
    assert ResidualNet(1, 96, 200).feature_info[0].reduction == 2
    assert ResidualNet(1, 95, 200).feature_info[0].reduction == 1
