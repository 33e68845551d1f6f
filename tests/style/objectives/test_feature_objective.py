"""Judging by features: parts, weights, regions, and slopes."""

from typing import Any

import pytest
import torch
from torch import Tensor

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.style.losses import gatys
from triptych.style.networks._extractor import Network
from triptych.style.objectives.feature_objective import BALANCE, ByFeatures
from triptych.style.objectives.objective import Method, Objective, Scene


def picture(seed: int, height: int = 16, width: int = 20) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def scene(**changes: Any) -> Scene:
    given: dict[str, Any] = {
        "content": picture(0),
        "styles": (picture(1, 18, 14),),
        "shares": (1.0,),
        "strength": 0.5,
    }
    return Scene(**(given | changes))


def test_it_keeps_the_contracts(tiny: Network) -> None:
    method = ByFeatures(tiny)
    assert isinstance(method, Method)
    assert isinstance(method.objective(scene()), Objective)
    assert method.smallest() == 4  # two cells of two pixels


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_the_total_is_the_weighted_sum_of_the_parts(tiny: Network, strength: float) -> None:
    layers = {"relu1_1": 1.0, "relu2_1": 3.0}
    method = ByFeatures(tiny, layers=layers, variation=0.7)
    found = method.objective(scene(strength=strength)).judge(picture(2))
    parts = found.parts
    style = 0.25 * parts["style/relu1_1"] + 0.75 * parts["style/relu2_1"]
    expected = (1 - strength) * parts["content"] + strength * BALANCE * style
    assert found.total == pytest.approx(expected + 0.7 * parts["variation"], rel=1e-5)
    variation = gatys.total_variation(picture(2), 20 / 512)
    assert parts["variation"] == pytest.approx(float(variation), rel=1e-5)
    assert set(parts) == {"content", "style/relu1_1", "style/relu2_1", "variation"}


def test_one_octave_of_gram_is_the_paper_made_relative(tiny: Network) -> None:
    method = ByFeatures(tiny, statistics="gram", octaves=1)
    given, painted = scene(), picture(3)
    found = method.objective(given).judge(painted).parts
    for layer in tiny.layers:
        ours, style = (tiny.read(one, [layer])[layer] for one in (painted, given.styles[0]))
        nothing = gatys.layer_style_cost(0 * ours, style)
        expected = gatys.layer_style_cost(ours, style) / nothing
        assert found[f"style/{layer}"] == pytest.approx(float(expected), rel=1e-4)
    ours, content = (tiny.read(one, ["relu2_1"])["relu2_1"] for one in (painted, given.content))
    expected = (ours - content).square().sum() / content.square().sum()
    assert found["content"] == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize("statistics", ["gram", "wasserstein"])
def test_the_content_costs_nothing_as_content_and_the_style_as_style(
    tiny: Network, statistics: Any
) -> None:
    given = scene(styles=(picture(0),))
    parts = ByFeatures(tiny, statistics=statistics).objective(given).judge(given.content).parts
    assert parts["content"] == 0
    assert parts["style/relu1_1"] == pytest.approx(0, abs=1e-4)
    assert parts["style/relu2_1"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("statistics", ["gram", "wasserstein"])
@pytest.mark.parametrize("masked", [False, True])
def test_slopes_equal_finite_differences(tiny: Network, statistics: Any, masked: bool) -> None:
    regions = torch.rand(2, 16, 20, generator=torch.Generator().manual_seed(9)) if masked else None
    given = scene(
        content=picture(0).double(),
        styles=(picture(1).double(), picture(4).double()),
        shares=(0.4, 0.6),
        regions=None if regions is None else regions.double(),
    )
    judge = ByFeatures(tiny, statistics=statistics).objective(given).judge
    painted = picture(5).double()
    slope = judge(painted).gradient
    way = torch.randn(painted.shape, generator=torch.Generator().manual_seed(6)).double()
    tiny_step = 1e-5
    ends = [judge(painted + sign * tiny_step * way).total for sign in (1, -1)]
    difference = (ends[0] - ends[1]) / (2 * tiny_step)
    assert float((slope * way).sum()) == pytest.approx(difference, rel=1e-3)


def test_one_style_twice_is_one_style(tiny: Network) -> None:
    style, painted = picture(1), picture(2)
    once = ByFeatures(tiny).objective(scene(styles=(style,))).judge(painted)
    twice = ByFeatures(tiny).objective(scene(styles=(style, style), shares=(0.2, 0.8)))
    assert twice.judge(painted).total == pytest.approx(once.total, rel=1e-5)


def test_a_style_without_a_share_does_not_matter(tiny: Network) -> None:
    styles, painted = (picture(1), picture(7)), picture(2)
    alone = ByFeatures(tiny).objective(scene(styles=styles[:1])).judge(painted)
    beside = ByFeatures(tiny).objective(scene(styles=styles, shares=(1.0, 0.0)))
    assert beside.judge(painted).total == pytest.approx(alone.total)


def test_a_region_everywhere_is_no_region(tiny: Network) -> None:
    painted = picture(2)
    whole = ByFeatures(tiny).objective(scene()).judge(painted)
    masked = ByFeatures(tiny).objective(scene(regions=torch.ones(1, 16, 20))).judge(painted)
    assert masked.total == pytest.approx(whole.total, rel=1e-5)
    torch.testing.assert_close(masked.gradient, whole.gradient, atol=1e-6, rtol=1e-3)


def test_a_style_reaches_its_region_alone(tiny: Network) -> None:
    left = torch.zeros(1, 16, 20)
    left[..., :8] = 1
    method = ByFeatures(tiny, variation=0, octaves=1)
    slope = method.objective(scene(regions=left, strength=1.0)).judge(picture(2)).gradient
    assert slope[..., :8].abs().max() > 0
    assert slope[..., 12:].abs().max() == 0  # two cells beyond, no window looks into the region


def test_regions_nowhere_leave_the_content(tiny: Network) -> None:
    given = scene(regions=torch.zeros(1, 16, 20), strength=1.0)
    found = ByFeatures(tiny, variation=0).objective(given).judge(picture(2))
    assert found.total == 0
    assert not found.gradient.any()


def test_a_black_content_and_a_black_style_have_finite_slopes(tiny: Network) -> None:
    black = torch.zeros(1, 3, 16, 20)
    found = ByFeatures(tiny).objective(scene(content=black, styles=(black,))).judge(picture(2))
    assert found.gradient.isfinite().all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"variation": -1.0},
        {"variation": float("nan")},
        {"octaves": 0},
        {"layers": {"relu1_1": -1.0}},
        {"layers": {"relu1_1": float("nan")}},
        {"layers": {"relu1_1": 0.0}},
        {"layers": {"relu1_1": 1e308, "relu2_1": 1e308}},
    ],
)
def test_weights_that_are_none_are_refused(tiny: Network, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Expected"):
        ByFeatures(tiny, **wrong)


@pytest.mark.parametrize("wrong", [{"layers": {"relu2_2": 1.0}}, {"content_layer": "relu2_2"}])
def test_layers_the_network_lacks_are_refused_with_the_nearest(
    tiny: Network, wrong: dict[str, Any]
) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'relu2_1'"):
        ByFeatures(tiny, **wrong)


def test_an_empty_name_is_no_layer(tiny: Network) -> None:
    with pytest.raises(UnknownNameError, match="ends at relu2_1"):
        ByFeatures(tiny, content_layer="")
