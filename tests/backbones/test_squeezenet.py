"""SqueezeNet 1.1 read by the names of its layers, beside a loop of plain convolutions."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from triptych.backbones.squeezenet import SqueezeNet
from triptych.frame.errors import AssetNotFoundError, ConfigError, UnknownNameError
from triptych.frame.shared_assets import SQUEEZENET
from triptych.style.networks._build import load_extractor


def network(**options: object) -> SqueezeNet:
    torch.manual_seed(0)
    return SqueezeNet(3, 64, 64, **{"padded": False, **options}).eval()


def plain(tensors: dict[str, Tensor], x: Tensor) -> dict[str, Tensor]:
    """As the paper's figure draws it: pools after conv1, fire3 and fire5."""

    def convolved(name: str, x: Tensor, **how: int) -> Tensor:
        return F.conv2d(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"], **how).clamp(min=0)

    found = {"relu1": convolved("conv1", x, stride=2)}
    x = F.max_pool2d(found["relu1"], 3, 2, ceil_mode=True)
    for number in range(2, 10):
        fire = f"fire{number}"
        small = convolved(f"{fire}.squeeze1x1", x)
        wide = [convolved(f"{fire}.expand{k}x{k}", small, padding=k // 2) for k in (1, 3)]
        found[fire] = x = torch.cat(wide, 1)
        if number in (3, 5):
            x = F.max_pool2d(x, 3, 2, ceil_mode=True)
    return found


@torch.no_grad()
def test_every_layer_is_that_of_a_plain_loop():
    squeezenet, images = network(), torch.rand(2, 3, 61, 86)
    expected = plain(squeezenet.state_dict(), images)
    found = squeezenet.forward_features(images, squeezenet.layers)
    assert list(found) == list(squeezenet.layers) == list(expected)
    for name, value in expected.items():
        assert torch.allclose(found[name], value, atol=1e-5), name


def test_it_has_as_many_weights_as_published():
    # 1,235,496 in all, of which 513,000 are the classifier's
    assert sum(values.numel() for values in network().parameters()) == 1_235_496 - 513_000


@torch.no_grad()
def test_maps_have_the_sizes_of_the_paper():
    found = network().forward_features(
        torch.rand(1, 3, 224, 224), ["relu1", "fire2", "fire4", "fire9"]
    )
    assert [tuple(maps.shape[1:]) for maps in found.values()] == [
        (64, 111, 111),
        (128, 55, 55),
        (256, 27, 27),
        (512, 13, 13),
    ]


@torch.no_grad()
@pytest.mark.parametrize("pooling", ["max", "average"])
def test_a_picture_larger_than_a_cell_is_enough(pooling: str):
    squeezenet = network(pooling=pooling)
    for layer in squeezenet.layers:
        side = squeezenet.stride(layer) + 1
        assert (
            min(squeezenet.forward_features(torch.rand(1, 3, side, side), [layer])[layer].shape)
            >= 1
        )


def test_nothing_beyond_the_last_layer_wanted_is_computed():
    squeezenet, called = network(), []
    for name in squeezenet.layers[1:]:
        module = squeezenet.get_submodule(name)
        module.register_forward_hook(lambda *_, name=name: called.append(name))
    assert list(squeezenet.forward_features(torch.rand(1, 3, 32, 32), ["relu1"])) == ["relu1"]
    assert called == []
    squeezenet.forward_features(torch.rand(1, 3, 32, 32), ["fire4", "relu1"])
    assert called == ["fire2", "fire3", "fire4"]


def test_averages_take_no_padding_into_account():
    maps = torch.ones(1, 1, 5, 5)
    assert (
        network(pooling="average", padded=True)
        ._pool(maps, 3, padding=1, ceil_mode=False)
        .eq(1)
        .all()
    )
    assert network(pooling="average")._pool(maps, 3).eq(1).all()


def test_a_layer_it_does_not_have_is_told():
    with pytest.raises(UnknownNameError, match=r"no layer 'fire10'\. Did you mean 'fire"):
        network().forward_features(torch.rand(1, 3, 32, 32), ["fire10"])


@pytest.mark.real
@torch.no_grad()
def test_published_weights_see_photographs_as_style_does(data: Callable[[str], Path]):
    data(SQUEEZENET.path)
    published = load_extractor("squeezenet", device="cpu").backbone
    backbone = SqueezeNet(3, 64, 64, padded=False).eval()
    assert SqueezeNet.has_pretrained()
    backbone.load_pretrained_()
    pictures = torch.rand(2, 3, 61, 86)
    expected = published.forward_features(pictures, ["relu1", "fire9"])
    for name, maps in backbone.forward_features(pictures, ["relu1", "fire9"]).items():
        assert torch.allclose(maps, expected[name], rtol=1e-3, atol=1e-2), name
    grey = SqueezeNet(1, 64, 64, padded=False).eval()
    grey.load_pretrained_()
    one = pictures[:, :1]
    for dark, colored in zip(grey(one), backbone(one.expand(-1, 3, -1, -1))):
        assert torch.allclose(dark, colored, rtol=1e-3, atol=1e-2)


def test_weights_that_are_not_here_are_told():
    assert not SqueezeNet.has_pretrained()
    with pytest.raises(AssetNotFoundError, match="squeezenet1_1_notop"):
        SqueezeNet(3, 64, 64).load_pretrained_()
    with pytest.raises(ConfigError, match="--no-pretrained"):
        SqueezeNet(2, 64, 64).load_pretrained_()
