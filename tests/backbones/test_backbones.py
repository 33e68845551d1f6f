"""The contract of every backbone, at the sizes that come up and at odd ones."""

import pytest
import torch

from triptych.backbones import BACKBONES
from triptych.backbones._build import build_backbone
from triptych.frame.errors import ConfigError, UnknownNameError

# in its full width it takes seconds and shows nothing more
OPTIONS = {"vgg19": {"widths": (8, 16, 24, 32, 32)}}
SIZES = [(1, 16, 16), (1, 28, 28), (3, 20, 31), (1, 56, 56), (3, 144, 144), (1, 5, 3)]


@pytest.mark.parametrize("name", list(BACKBONES))
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_maps_are_those_announced(name: str, size: tuple[int, int, int]):
    backbone = BACKBONES[name](*size, **OPTIONS.get(name, {})).eval()
    maps = backbone(torch.rand(2, *size))
    assert len(maps) == len(backbone.feature_info)
    for found, level in zip(maps, backbone.feature_info):
        rows, columns = (-(-side // level.reduction) for side in size[1:])
        assert found.shape == (2, level.channels, rows, columns)
    strides = [level.reduction for level in backbone.feature_info]
    assert strides == sorted(set(strides))


@pytest.mark.parametrize("name", list(BACKBONES))
@pytest.mark.parametrize("size", [(1, 28, 28), (3, 144, 100)], ids=str)
def test_slopes_reach_every_parameter(name: str, size: tuple[int, int, int]):
    torch.manual_seed(0)
    backbone = BACKBONES[name](*size, **OPTIONS.get(name, {}))
    optimizer = torch.optim.SGD(backbone.parameters(), lr=0.01)
    for _ in range(2):  # what starts at zero hides what is behind it, for one step
        optimizer.zero_grad()
        maps = backbone(torch.rand(4, *size))
        sum((found * torch.randn_like(found)).mean() for found in maps).backward()
        optimizer.step()
    for parameter, values in backbone.named_parameters():
        assert values.grad is not None and values.grad.isfinite().all(), parameter
        assert values.grad.abs().sum() > 0, parameter


@pytest.mark.parametrize("name", list(BACKBONES))
def test_an_image_is_seen_alike_alone_and_in_a_batch(name: str):
    torch.manual_seed(0)
    backbone = BACKBONES[name](1, 28, 28, **OPTIONS.get(name, {})).eval()
    images = torch.rand(3, 1, 28, 28)
    for together, alone in zip(backbone(images), backbone(images[1:2])):
        assert torch.allclose(together[1:2], alone, atol=1e-5)


@pytest.mark.parametrize("name", ["residual", "unet"])
def test_former_names_of_options_are_understood(name: str):
    former, today = (
        build_backbone(name, 1, 28, 28, options)
        for options in ({"base": 8, "widest": 12}, {"base_channels": 8, "max_channels": 12})
    )
    assert former.feature_info == today.feature_info
    assert [level.channels for level in today.feature_info] == [8, 12, 12, 12]


def test_an_option_or_backbone_that_does_not_exist_is_named():
    with pytest.raises(ConfigError, match=r"Backbone 'unet' with .*depth"):
        build_backbone("unet", 1, 28, 28, {"depth": 3})
    with pytest.raises(UnknownNameError, match="Did you mean 'unet'"):
        build_backbone("unett", 1, 28, 28, {})
