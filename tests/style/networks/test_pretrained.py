"""Pretrained networks: frozen, read by name, and strict about what they are shown."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from triptych.backbones.squeezenet import SqueezeNet
from triptych.backbones.vgg19 import VGG19
from triptych.frame.errors import ImageError, UnknownNameError
from triptych.style.networks import NETWORKS
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.networks._pretrained import PretrainedExtractor

WIDTHS = (4, 5, 6, 7, 8)


def small(last: str = "conv5_1") -> dict[str, Tensor]:
    torch.manual_seed(0)
    tensors = VGG19(3, 32, 32, widths=WIDTHS, last=last, color_transform=True).state_dict()
    for block, (width, wide) in enumerate(zip(WIDTHS, (64, 128, 256, 512, 512)), 1):
        if f"conv{block}_1.weight" in tensors:
            tensors[f"conv{block}_1_to_vgg19.weight"] = torch.randn(wide, width, 1, 1)
            tensors[f"conv{block}_1_to_vgg19.bias"] = torch.randn(wide)
    return tensors


def network(name: str) -> PretrainedExtractor:
    torch.manual_seed(0)
    tensors = {
        "vgg19": VGG19(3, 32, 32, widths=WIDTHS).state_dict(),
        "vgg19-conv3": VGG19(
            3, 32, 32, widths=WIDTHS, last="conv3_1", color_transform=True
        ).state_dict(),
        "vgg19-small": small(),
        "squeezenet": SqueezeNet(3, 32, 32).state_dict(),
    }[name]
    return NETWORKS[name](tensors, "a file")


@pytest.fixture(params=list(NETWORKS))
def each(request: pytest.FixtureRequest) -> PretrainedExtractor:
    return network(request.param)


def slope(painted: FeatureExtractor, picture: Tensor, layers: list[str]) -> Tensor:
    picture = picture.clone().requires_grad_()
    found = painted.extract(picture, layers)
    return torch.autograd.grad(sum(maps.square().mean() for maps in found.values()), picture)[0]


# --- the contract ---


def test_it_is_read_by_default_where_it_has_layers(each: PretrainedExtractor):
    assert each.content_layer in each.layers and set(each.style_layers) <= set(each.layers)
    assert sum(each.style_layers.values()) == pytest.approx(1)
    assert each.strides.keys() == set(each.layers)
    strides = [each.strides[name] for name in each.layers]
    assert strides == sorted(strides)


@torch.no_grad()
def test_every_layer_covers_the_picture_in_cells_of_its_stride(each: PretrainedExtractor):
    found = each.extract(torch.rand(1, 3, 96, 128), each.layers)
    assert list(found) == list(each.layers)
    for name, maps in found.items():
        rows, columns = 96 / each.strides[name], 128 / each.strides[name]
        assert maps.dtype == torch.float32 and len(maps) == 1
        # without a rim, SqueezeNet's maps lack a cell at most
        assert rows - 1 <= maps.shape[2] <= rows and columns - 1 <= maps.shape[3] <= columns


def test_weights_never_change_and_slopes_reach_every_pixel(each: PretrainedExtractor):
    before = {name: values.clone() for name, values in each.state_dict().items()}
    assert not each.training and not any(values.requires_grad for values in each.parameters())
    gradient = slope(each, torch.rand(1, 3, 64, 80), [each.content_layer, *each.style_layers])
    assert gradient.is_contiguous() and gradient.isfinite().all()
    assert (gradient != 0).any(1).float().mean() > 0.9
    assert all(torch.equal(before[name], values) for name, values in each.state_dict().items())
    assert all(values.grad is None for values in each.parameters())


def test_the_picture_is_not_changed_and_stays_contiguous(each: PretrainedExtractor):
    picture = torch.rand(1, 3, 48, 48)
    before = picture.clone()
    each.extract(picture, each.layers)
    assert torch.equal(picture, before) and picture.is_contiguous()


@torch.no_grad()
def test_layers_are_the_same_read_alone_or_together(each: PretrainedExtractor):
    picture = torch.rand(1, 3, 40, 40)
    together = each.extract(picture, each.layers)
    for name in each.layers:
        assert torch.allclose(each.extract(picture, [name])[name], together[name], atol=1e-5), name


def test_the_slope_is_that_of_finite_differences():
    painted = network("vgg19-small").double()
    picture, way = torch.rand(2, 1, 3, 34, 34, dtype=torch.float64)
    # the contract speaks of float32; doubles are for the differences alone
    read, layers = painted.backbone.forward_features, list(painted.style_layers)

    def cost(x: Tensor) -> Tensor:
        return sum((maps.square().mean() for maps in read(x, layers).values()), torch.zeros(()))

    x = picture.clone().requires_grad_()
    told = float((torch.autograd.grad(cost(x), x)[0] * way).sum())
    step = 1e-6
    with torch.no_grad():
        seen = float(cost(picture + step * way) - cost(picture - step * way)) / (2 * step)
    assert told == pytest.approx(seen, rel=1e-4)


@torch.no_grad()
def test_heads_stand_on_rectified_layers():
    painted, picture = network("vgg19-small"), torch.rand(1, 3, 40, 40)
    found = painted.extract(picture, ["relu3_1_to_vgg19", "relu3_1"])
    weight, bias = (small()[f"conv3_1_to_vgg19.{part}"] for part in ("weight", "bias"))
    by_hand = torch.einsum("oc,bchw->bohw", weight[..., 0, 0], found["relu3_1"])
    by_hand = (by_hand + bias[:, None, None]).clamp(min=0)
    assert torch.allclose(found["relu3_1_to_vgg19"], by_hand, atol=1e-4)
    assert list(painted.extract(picture, ["relu1_1_to_vgg19"])) == ["relu1_1_to_vgg19"]


@pytest.mark.parametrize("name", list(NETWORKS))
def test_bfloat16_sees_nearly_the_same(name: str):
    exact, quick = network(name), network(name).to_bfloat16()
    colours = "backbone.conv0.weight"
    assert torch.equal(quick.get_parameter(colours), exact.get_parameter(colours))
    picture, layers = torch.rand(1, 3, 64, 64), list(exact.style_layers)
    for layer, maps in exact.extract(picture, layers).items():
        found = quick.extract(picture, layers)[layer]
        assert found.dtype == torch.float32
        assert 0 < (found - maps).norm() < 0.05 * maps.norm(), layer
    # of so few random channels; see the real networks for how near it is there
    ours, theirs = (slope(one, picture, layers).flatten() for one in (quick, exact))
    assert torch.cosine_similarity(ours, theirs, 0) > 0.8


def test_average_pools_are_read_through():
    torch.manual_seed(0)
    tensors, picture = small(), torch.rand(1, 3, 40, 40)
    kinds = [NETWORKS["vgg19-small"](tensors, "it", pooling=way) for way in ("max", "average")]
    most, mean = (kind.extract(picture, ["relu1_1", "relu2_1"]) for kind in kinds)
    assert torch.equal(most["relu1_1"], mean["relu1_1"])
    assert not torch.allclose(most["relu2_1"], mean["relu2_1"], atol=1e-3)


# --- bad input ---


def test_a_layer_it_lacks_is_told_with_where_it_ends():
    painted, picture = network("vgg19-conv3"), torch.rand(1, 3, 40, 40)
    with pytest.raises(UnknownNameError) as told:
        painted.extract(picture, ["relu1_1", "relu4_1"])
    line = "vgg19-conv3 ends at relu3_1. There is no layer 'relu4_1'. Did you mean 'relu"
    assert str(told.value).startswith(line) and "\n" not in str(told.value)
    with pytest.raises(
        UnknownNameError, match=r"^vgg19-small ends at relu5_1\. There is no layer 'x'"
    ) as told:
        network("vgg19-small").extract(picture, ["x"])
    assert "conv" not in str(told.value) and "_to_vgg19" not in str(told.value)


@settings(max_examples=40)
@given(st.sampled_from(sorted(NETWORKS)), st.integers(0, 20), st.integers(0, 20))
def test_a_picture_no_larger_than_a_cell_is_refused_and_any_other_is_read(
    name: str, height: int, width: int
):
    painted, picture = network(name), torch.rand(1, 3, height, width)
    for layer in (painted.layers[0], painted.content_layer, *painted.style_layers):
        needed = painted.strides[layer] + 1
        if min(height, width) >= needed:
            assert painted.extract(picture, [layer])[layer].numel()
            continue
        with pytest.raises(
            ImageError, match=f"at least {needed} pixels to read .*{width}×{height}"
        ):
            painted.extract(picture, [layer])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_a_picture_of_no_numbers_is_refused(each: PretrainedExtractor, wrong: float):
    picture = torch.rand(1, 3, 40, 40)
    picture[0, 1, 2, 3] = wrong
    with pytest.raises(ImageError, match="finite numbers"):
        each.extract(picture, [each.content_layer])
