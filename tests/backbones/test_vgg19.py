"""VGG-19 read by the names of its layers, beside a loop of plain convolutions."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from triptych.backbones.vgg19 import CONVOLUTIONS, VGG19
from triptych.frame.errors import ConfigError, UnknownNameError

NARROW = (4, 5, 6, 7, 8)


def narrow(**options: object) -> VGG19:
    torch.manual_seed(0)
    return VGG19(3, 40, 40, **{"widths": NARROW, **options}).eval()


def plain(network: VGG19, x: Tensor, pooling: str, padding: str) -> dict[str, Tensor]:
    """Every layer, by a row of convolutions and, "M", pools: as other people write VGG."""
    weights = iter(network.state_dict().values())
    found: dict[str, Tensor] = {}
    if network.conv0 is not None:
        x = F.conv2d(x, next(weights), next(weights))
    names = iter(CONVOLUTIONS)
    for step in "++M++M++++M++++M++++":
        if step == "M":
            pool = F.max_pool2d if pooling == "max" else F.avg_pool2d
            x = pool(x, 2, 2, ceil_mode=True)
            continue
        name = next(names)
        mode = "constant" if padding == "zeros" else padding
        x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), next(weights), next(weights))
        found[name] = x
        x = x.clamp(min=0)
        found[name.replace("conv", "relu")] = x
    return found


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("padding", ["zeros", "reflect"])
@pytest.mark.parametrize("color_transform", [False, True])
@torch.no_grad()
def test_every_layer_is_that_of_a_plain_loop(pooling: str, padding: str, color_transform: bool):
    network = narrow(pooling=pooling, padding=padding, color_transform=color_transform)
    images = torch.rand(2, 3, 33, 46)  # odd: halved upwards
    expected = plain(network, images, pooling, padding)
    found = network.forward_features(images, network.layers)
    assert list(found) == list(network.layers) == list(expected)
    for name, value in expected.items():
        assert torch.allclose(found[name], value, atol=1e-5), name


def test_there_are_sixteen_convolutions_and_as_many_rectifiers():
    layers = narrow().layers
    assert len(layers) == 32 and layers[:3] == ("conv1_1", "relu1_1", "conv1_2")
    assert layers[-2:] == ("conv5_4", "relu5_4")


def test_it_has_as_many_weights_as_published():
    with torch.device("meta"):
        network = VGG19(3, 224, 224)
    # 143,667,240 in all, of which 123,642,856 are the classifier's
    assert sum(values.numel() for values in network.parameters()) == 143_667_240 - 123_642_856


@pytest.mark.parametrize("last", ["conv1_1", "relu1_2", "conv3_1", "relu4_2"])
def test_nothing_beyond_the_last_layer_wanted_is_computed(last: str):
    network, called = narrow(), []
    for name in CONVOLUTIONS:
        network.get_submodule(name).register_forward_hook(lambda *_, name=name: called.append(name))
    found = network.forward_features(torch.rand(1, 3, 32, 32), [last, "relu1_1", last])
    assert set(found) == {"relu1_1", last}
    assert called[-1] == last.replace("relu", "conv")


@torch.no_grad()
def test_what_is_kept_of_a_convolution_is_not_rectified():
    found = narrow().forward_features(torch.rand(1, 3, 32, 32), ["conv2_2", "relu2_2"])
    assert (found["conv2_2"] < 0).any()
    assert torch.equal(found["relu2_2"], found["conv2_2"].clamp(min=0))


def test_pools_take_the_largest_or_the_mean():
    maps = torch.tensor([[1.0, 2.0, 3.0], [5.0, 0.0, 7.0]]).expand(1, 1, 2, 3)
    assert narrow()._pool(maps, 2).tolist() == [[[[5.0, 7.0]]]]
    # of the last column there is half a window: the mean of what is there
    assert narrow(pooling="average")._pool(maps, 2).tolist() == [[[[2.0, 5.0]]]]


@pytest.mark.parametrize("padding", ["zeros", "reflect"])
def test_slopes_agree_with_finite_differences(padding: str):
    network = narrow(widths=(2, 3), last="conv2_1", pooling="average", padding=padding).double()
    images = torch.rand(1, 3, 6, 5, dtype=torch.float64, requires_grad=True)
    # random activations lie nowhere near the kink of a rectifier
    assert torch.autograd.gradcheck(
        lambda x: tuple(network.forward_features(x, ["conv2_1", "relu1_1"]).values()), images
    )


def test_names_and_widths_that_do_not_fit_are_told():
    with pytest.raises(UnknownNameError, match=r"no layer 'relu6_1'\. Did you mean 'relu"):
        narrow().forward_features(torch.rand(1, 3, 32, 32), ["relu6_1"])
    with pytest.raises(UnknownNameError, match="no layer 'relu4_1'"):
        narrow(last="conv3_4").forward_features(torch.rand(1, 3, 32, 32), ["relu4_1"])
    with pytest.raises(UnknownNameError, match="no convolution of VGG-19 'relu3_1'"):
        narrow(last="relu3_1")
    with pytest.raises(ConfigError, match=r"Expected 3 widths, a block each, got \[4, 5\]"):
        narrow(widths=(4, 5), last="conv3_1")
