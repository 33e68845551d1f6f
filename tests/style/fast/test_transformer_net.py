"""The painting network: sizes, statistics, and what a place depends on."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from triptych.style.fast.transformer_net import (
    ARCH_VERSION,
    MIN_SIDE,
    InstanceNorm,
    Parts,
    TransformerNet,
    reflect_pad,
)


@pytest.fixture(scope="module")
def network() -> TransformerNet:
    """Of random weights, the last layer's too."""
    torch.manual_seed(0)
    made = TransformerNet(4, 2).eval()
    nn.init.normal_(made.to_rgb.weight, 0, 1.0)
    return made


sides = st.integers(MIN_SIDE, 70)


@settings(max_examples=30)
@given(sides, sides)
def test_a_picture_of_any_size_keeps_it(height: int, width: int):
    torch.manual_seed(0)
    made = TransformerNet(4, 1)
    nn.init.normal_(made.to_rgb.weight, 0, 1.0)
    image = torch.rand(1, 3, height, width)
    with torch.inference_mode():
        painted, mirrored = made(image), made(image.flip(3))
    assert painted.shape == mirrored.shape == (1, 3, height, width)
    assert painted.isfinite().all() and float(painted.std()) > 0.01


def test_training_begins_from_grey():
    picture = torch.rand(2, 3, 32, 40)
    assert torch.equal(TransformerNet(4, 1)(picture), torch.full_like(picture, 0.5))


def test_pictures_of_a_batch_do_not_see_each_other(network: TransformerNet):
    pictures = torch.rand(3, 3, 32, 32)
    with torch.inference_mode():
        alone = torch.cat([network(picture) for picture in pictures.split(1)])
        assert torch.allclose(network(pictures), alone, atol=1e-5)


def test_a_mirrored_picture_is_not_framed():
    """A picture of one colour has no place that differs, the border included."""
    torch.manual_seed(1)
    network = TransformerNet(4, 2)
    nn.init.normal_(network.to_rgb.weight, 0, 1.0)
    with torch.inference_mode():
        painted = network(torch.full((1, 3, 33, 47), 0.3))
    assert (painted - painted[..., :1, :1]).abs().max() < 1e-4


def test_normalised_maps_have_mean_0_and_variance_1():
    maps = InstanceNorm(5)(3 + 7 * torch.randn(2, 5, 20, 30))
    assert maps.mean((2, 3)).abs().max() < 1e-5
    assert (maps.var((2, 3), correction=0) - 1).abs().max() < 1e-3


def test_it_normalises_as_torch_does():
    torch.manual_seed(2)
    norm, theirs, maps = InstanceNorm(3), nn.InstanceNorm2d(3, affine=True), torch.randn(2, 3, 9, 8)
    nn.init.normal_(norm.scale)
    nn.init.normal_(norm.shift)
    theirs.load_state_dict({"weight": norm.scale.data, "bias": norm.shift.data})
    assert torch.allclose(norm(maps), theirs(maps), atol=1e-6)


def whole(picture: torch.Tensor) -> Parts:
    return lambda: [(picture, (slice(0, picture.shape[2]), slice(0, picture.shape[3])))]


def test_holding_a_pictures_own_statistics_changes_nothing(network: TransformerNet):
    picture = torch.rand(1, 3, 41, 46)
    with torch.inference_mode():
        expected = network(picture)
        with network.global_statistics(whole(picture)):
            assert torch.allclose(network(picture), expected, atol=1e-5)
            assert not torch.allclose(network(picture**3), network(picture), atol=1e-3)
    assert all(
        norm.fixed_stats is None for norm in network.modules() if isinstance(norm, InstanceNorm)
    )


def test_what_goes_wrong_meanwhile_leaves_the_network_as_it_was(network: TransformerNet):
    picture = torch.rand(1, 3, 32, 32)
    expected = network(picture)
    with pytest.raises(KeyboardInterrupt), network.global_statistics(whole(picture)):
        raise KeyboardInterrupt
    assert torch.equal(network(picture), expected)


def test_a_place_depends_on_nothing_beyond_the_reach(network: TransformerNet):
    picture = torch.rand(1, 3, 24, 4 * network.receptive_field)
    changed = picture.clone()
    middle = 2 * network.receptive_field
    changed[..., middle] += 0.5
    with torch.inference_mode(), network.global_statistics(whole(picture)):
        away = (network(changed) - network(picture)).abs().amax((0, 1, 2))
    assert away[middle] > 0
    assert away[: middle - network.receptive_field].max() == 0
    assert away[middle + network.receptive_field + 1 :].max() == 0


def test_it_is_built_anew_from_its_description(network: TransformerNet):
    again = TransformerNet.from_dict(network.to_dict())
    again.load_state_dict(network.state_dict())
    picture = torch.rand(1, 3, 32, 32)
    assert torch.equal(again(picture), network(picture))


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"width": 4, "blocks": 2}, KeyError),
        ({"form": 1, "width": 4, "blocks": 2}, ValueError),
        ({"form": ARCH_VERSION, "width": 4}, KeyError),
        ({"form": ARCH_VERSION, "width": "4", "blocks": 2}, TypeError),
        ({"form": ARCH_VERSION, "width": 10**6, "blocks": 2}, ValueError),
        ({"form": ARCH_VERSION, "width": 4, "blocks": -1}, ValueError),
    ],
)
def test_what_describes_no_network_is_refused(told: dict, error: type[Exception]):
    with pytest.raises(error):
        TransformerNet.from_dict(told)


def test_a_map_is_mirrored_without_its_edge():
    row = torch.arange(5.0).expand(1, 1, 5, 5)
    assert reflect_pad(row, 3)[0, 0, 0].tolist() == [1, 0, 1, 2, 3, 4, 3]
    assert torch.equal(reflect_pad(row, 1), row)
    assert torch.equal(reflect_pad(row, 5), F.pad(row, (2, 2, 2, 2), mode="reflect"))
