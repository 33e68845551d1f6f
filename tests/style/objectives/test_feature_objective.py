"""Judging by features: parts, weights, regions, and slopes."""

from typing import Any

import pytest
import torch
from torch import Tensor

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.style.losses import gatys
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import STYLE_WEIGHT, FeatureMethod
from triptych.style.objectives.objective import Objective, ObjectiveFactory, ScaleInputs


def picture(seed: int, height: int = 16, width: int = 20) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def scene(**changes: Any) -> ScaleInputs:
    given: dict[str, Any] = {
        "content": picture(0),
        "styles": (picture(1, 18, 14),),
        "style_weights": (1.0,),
        "strength": 0.5,
    }
    return ScaleInputs(**(given | changes))


def test_it_keeps_the_contracts(tiny: FeatureExtractor) -> None:
    method = FeatureMethod(tiny)
    assert isinstance(method, ObjectiveFactory)
    assert isinstance(method.objective(scene()), Objective)
    assert method.min_size() == 4  # two cells of two pixels


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_the_total_is_the_weighted_sum_of_the_parts(
    tiny: FeatureExtractor, strength: float
) -> None:
    layers = {"relu1_1": 1.0, "relu2_1": 3.0}
    method = FeatureMethod(tiny, layers=layers, variation=0.7)
    found = method.objective(scene(strength=strength)).evaluate(picture(2))
    parts = found.parts
    style = 0.25 * parts["style/relu1_1"] + 0.75 * parts["style/relu2_1"]
    expected = (1 - strength) * parts["content"] + strength * STYLE_WEIGHT * style
    assert found.total == pytest.approx(expected + 0.7 * parts["variation"], rel=1e-5)
    variation = gatys.total_variation(picture(2), 20 / 512)
    assert parts["variation"] == pytest.approx(float(variation), rel=1e-5)
    assert set(parts) == {"content", "style/relu1_1", "style/relu2_1", "variation"}


def test_one_octave_of_gram_is_the_paper_made_relative(tiny: FeatureExtractor) -> None:
    method = FeatureMethod(tiny, statistics="gram", octaves=1)
    given, painted = scene(), picture(3)
    found = method.objective(given).evaluate(painted).parts
    for layer in tiny.layers:
        ours, style = (tiny.extract(one, [layer])[layer] for one in (painted, given.styles[0]))
        nothing = gatys.layer_style_loss(0 * ours, style)
        expected = gatys.layer_style_loss(ours, style) / nothing
        assert found[f"style/{layer}"] == pytest.approx(float(expected), rel=1e-4)
    ours, content = (tiny.extract(one, ["relu2_1"])["relu2_1"] for one in (painted, given.content))
    expected = (ours - content).square().sum() / content.square().sum()
    assert found["content"] == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize("statistics", ["gram", "wasserstein"])
def test_the_content_costs_nothing_as_content_and_the_style_as_style(
    tiny: FeatureExtractor, statistics: Any
) -> None:
    given = scene(styles=(picture(0),))
    parts = (
        FeatureMethod(tiny, statistics=statistics).objective(given).evaluate(given.content).parts
    )
    assert parts["content"] == 0
    assert parts["style/relu1_1"] == pytest.approx(0, abs=1e-4)
    assert parts["style/relu2_1"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("statistics", ["gram", "wasserstein"])
@pytest.mark.parametrize("masked", [False, True])
def test_slopes_equal_finite_differences(
    tiny: FeatureExtractor, statistics: Any, masked: bool
) -> None:
    regions = torch.rand(2, 16, 20, generator=torch.Generator().manual_seed(9)) if masked else None
    given = scene(
        content=picture(0).double(),
        styles=(picture(1).double(), picture(4).double()),
        style_weights=(0.4, 0.6),
        regions=None if regions is None else regions.double(),
    )
    judge = FeatureMethod(tiny, statistics=statistics).objective(given).evaluate
    painted = picture(5).double()
    slope = judge(painted).gradient
    way = torch.randn(painted.shape, generator=torch.Generator().manual_seed(6)).double()
    tiny_step = 1e-5
    ends = [judge(painted + sign * tiny_step * way).total for sign in (1, -1)]
    difference = (ends[0] - ends[1]) / (2 * tiny_step)
    assert float((slope * way).sum()) == pytest.approx(difference, rel=1e-3)


def test_one_style_twice_is_one_style(tiny: FeatureExtractor) -> None:
    style, painted = picture(1), picture(2)
    once = FeatureMethod(tiny).objective(scene(styles=(style,))).evaluate(painted)
    twice = FeatureMethod(tiny).objective(scene(styles=(style, style), style_weights=(0.2, 0.8)))
    assert twice.evaluate(painted).total == pytest.approx(once.total, rel=1e-5)


def test_a_style_without_a_share_does_not_matter(tiny: FeatureExtractor) -> None:
    styles, painted = (picture(1), picture(7)), picture(2)
    alone = FeatureMethod(tiny).objective(scene(styles=styles[:1])).evaluate(painted)
    beside = FeatureMethod(tiny).objective(scene(styles=styles, style_weights=(1.0, 0.0)))
    assert beside.evaluate(painted).total == pytest.approx(alone.total)


def test_a_region_everywhere_is_no_region(tiny: FeatureExtractor) -> None:
    painted = picture(2)
    whole = FeatureMethod(tiny).objective(scene()).evaluate(painted)
    masked = FeatureMethod(tiny).objective(scene(regions=torch.ones(1, 16, 20))).evaluate(painted)
    assert masked.total == pytest.approx(whole.total, rel=1e-5)
    torch.testing.assert_close(masked.gradient, whole.gradient, atol=1e-6, rtol=1e-3)


def test_a_style_reaches_its_region_alone(tiny: FeatureExtractor) -> None:
    left = torch.zeros(1, 16, 20)
    left[..., :8] = 1
    method = FeatureMethod(tiny, variation=0, octaves=1)
    slope = method.objective(scene(regions=left, strength=1.0)).evaluate(picture(2)).gradient
    assert slope[..., :8].abs().max() > 0
    assert slope[..., 12:].abs().max() == 0  # two cells beyond, no window looks into the region


def test_regions_nowhere_leave_the_content(tiny: FeatureExtractor) -> None:
    given = scene(regions=torch.zeros(1, 16, 20), strength=1.0)
    found = FeatureMethod(tiny, variation=0).objective(given).evaluate(picture(2))
    assert found.total == 0
    assert not found.gradient.any()


def test_a_black_content_and_a_black_style_have_finite_slopes(tiny: FeatureExtractor) -> None:
    black = torch.zeros(1, 3, 16, 20)
    found = (
        FeatureMethod(tiny).objective(scene(content=black, styles=(black,))).evaluate(picture(2))
    )
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
def test_weights_that_are_none_are_refused(tiny: FeatureExtractor, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Expected"):
        FeatureMethod(tiny, **wrong)


@pytest.mark.parametrize("wrong", [{"layers": {"relu2_2": 1.0}}, {"content_layer": "relu2_2"}])
def test_layers_the_network_lacks_are_refused_with_the_nearest(
    tiny: FeatureExtractor, wrong: dict[str, Any]
) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'relu2_1'"):
        FeatureMethod(tiny, **wrong)


def test_an_empty_name_is_no_layer(tiny: FeatureExtractor) -> None:
    with pytest.raises(UnknownNameError, match="ends at relu2_1"):
        FeatureMethod(tiny, content_layer="")
