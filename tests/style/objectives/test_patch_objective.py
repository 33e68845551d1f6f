"""Pictures are painted by patches alone: towards the style, held by the content, always alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from triptych.frame.errors import ConfigError
from triptych.frame.storage import images
from triptych.style.objectives.objective import Objective, ObjectiveFactory, ScaleInputs
from triptych.style.objectives.patch_objective import PatchMethod, random_projections
from triptych.style.optimization.config import TransferConfig
from triptych.style.optimization.style_optimizer import StyleOptimizer
from triptych.style.optimization.transfer import transfer

SIDES = (40, 48)


def picture(seed: int, height: int = 40, width: int = 48) -> Tensor:
    """Soft spots of colour: neighbours are alike, as in pictures."""
    chance = torch.Generator().manual_seed(seed)
    spots = torch.rand(1, 3, 2 + height // 6, 2 + width // 6, generator=chance)
    return F.interpolate(spots, (height, width), mode="bilinear")


def scene(**changes) -> ScaleInputs:
    given = {"styles": (picture(1, 36, 30),), "style_weights": (1.0,), "strength": 0.5} | changes
    return ScaleInputs(picture(0), **given)


def test_it_keeps_the_contracts() -> None:
    method = PatchMethod()
    assert isinstance(method, ObjectiveFactory) and method.name == "patches"
    assert isinstance(method.objective(scene()), Objective)


@pytest.mark.parametrize("strength", [0.2, 1.0])
def test_slopes_are_those_of_finite_differences(strength: float) -> None:
    whole = scene(strength=strength)
    wide = ScaleInputs(whole.content.double(), (whole.styles[0].double(),), (1.0,), strength)
    judge = PatchMethod(patch=5).objective(wide).evaluate
    ours, chance = picture(2).double(), torch.Generator().manual_seed(3)
    gradient = judge(ours).gradient
    way = torch.randn(gradient.shape, generator=chance, dtype=torch.float64)
    way = way / way.norm() + gradient / gradient.norm()  # along chance alone there is hardly any
    slope = float((gradient * way).sum())
    rise = judge(ours + 1e-6 * way).total - judge(ours - 1e-6 * way).total
    assert slope == pytest.approx(rise / 2e-6, rel=1e-3)


def test_two_judgements_of_a_picture_are_equal_and_leave_it() -> None:
    objective, ours = PatchMethod().objective(scene()), picture(2)
    before = ours.clone()
    first, second = objective.evaluate(ours), objective.evaluate(ours)
    assert first.total == second.total and torch.equal(first.gradient, second.gradient)
    assert torch.equal(ours, before) and not ours.requires_grad


def test_weights_of_styles_count_alike_within_a_mask_of_all_and_without_one() -> None:
    dark, light = 0.3 * picture(1), 0.7 + 0.3 * picture(3)
    halves = torch.full((2, 40, 48), 0.5)
    for shares, own, other in (((1.0, 0.0), dark, light), ((0.0, 1.0), light, dark)):
        given = {"styles": (dark, light), "style_weights": shares, "strength": 1.0}
        masked = PatchMethod().objective(scene(regions=halves, **given))
        whole = PatchMethod().objective(scene(**given))
        torch.testing.assert_close(masked.content_loss.target, whole.content_loss.target)
        near, far = (
            masked.evaluate(F.interpolate(style, (40, 48))).parts["style/nearest"]
            for style in (own, other)
        )
        assert near < far / 4


def test_another_seed_draws_others() -> None:
    totals = [
        PatchMethod(seed=seed).objective(scene()).evaluate(picture(2)).total for seed in (3, 3, 4)
    ]
    assert totals[0] == totals[1] != totals[2]


def test_the_style_costs_itself_nothing_and_other_pictures_more() -> None:
    style = picture(1)
    costs = {}
    objective = PatchMethod().objective(scene(styles=(style,)))
    order = torch.randperm(style[0, 0].numel(), generator=torch.Generator().manual_seed(5))
    mixed = style.flatten(2)[..., order].view_as(style)
    for name, ours in {"own": style, "mixed": mixed, "other": picture(7)}.items():
        costs[name] = objective.evaluate(ours).parts["style/patches"]
    assert costs["own"] < 1e-4 < costs["other"] / 10
    assert costs["own"] < costs["mixed"] / 100


def test_the_content_costs_itself_nothing_where_it_alone_counts() -> None:
    judgement = PatchMethod().objective(scene(strength=0.0)).evaluate(picture(0))
    assert judgement.total == pytest.approx(0, abs=1e-9)
    assert judgement.gradient.abs().max() < 1e-9


def test_directions_have_length_one_and_are_smooth_and_rough() -> None:
    drawn = random_projections([picture(1)], 7, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn.flatten(1).norm(dim=1), torch.ones(len(drawn)))
    rough = drawn.diff(dim=3).square().mean((1, 2, 3)) / drawn.square().mean((1, 2, 3))
    assert rough.min() < 0.2 and rough.max() > 1


def test_directions_see_colours_though_light_varies_more() -> None:
    light = torch.rand(1, 1, 40, 40, generator=torch.Generator().manual_seed(0))
    pale = 0.9 * light + 0.1 * picture(1, 40, 40)
    drawn = random_projections([pale], 5, torch.Generator().manual_seed(0))
    grey = drawn.mean(1, keepdim=True)
    assert (drawn - grey).square().mean() > 3 * grey.square().mean()


def test_directions_see_the_light_of_a_grey_style() -> None:
    """As all styles are for `--colours luminance`."""
    grey = picture(1).mean(1, keepdim=True).expand(-1, 3, -1, -1)
    drawn = random_projections([grey], 5, torch.Generator().manual_seed(0))
    lit = drawn.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    assert lit.square().sum((1, 2, 3)).min() > 1e-4
    assert lit.square().sum((1, 2, 3)).mean() > 3e-3


def test_more_strength_is_nearer_to_the_style() -> None:
    costs = []
    for strength in (0.1, 0.5, 0.9):
        settings = TransferConfig(size=40, steps=(20,), strength=strength)
        rows = list(StyleOptimizer(picture(0), [picture(1)], PatchMethod(), settings))
        costs.append((rows[-1].parts["style/patches"], -rows[-1].parts["content"]))
        assert rows[-1].total < rows[0].total
    assert costs == sorted(costs, reverse=True)


def test_outside_regions_the_content_stays() -> None:
    left = torch.zeros(1, *SIDES)
    left[..., :24] = 1
    settings = TransferConfig(size=48, steps=(4, 4))
    work = StyleOptimizer(picture(0), [picture(1)], PatchMethod(), settings, regions=left)
    list(work)
    torch.testing.assert_close(work.image[..., 26:], picture(0)[..., 26:])
    assert not torch.allclose(work.image[..., :20], picture(0)[..., :20], atol=0.02)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 3), (1, 60), (90, 4)])
def test_pictures_smaller_than_a_patch_are_painted(height: int, width: int) -> None:
    settings = TransferConfig(size=20, steps=(2, 2))
    work = StyleOptimizer(picture(0, height, width), [picture(1, 3, 3)], PatchMethod(), settings)
    first, *_, last = list(work)
    assert work.image.isfinite().all() and last.total < first.total
    assert max(work.image.shape[2:]) == 20


def test_grey_and_black_are_no_trouble() -> None:
    for style in (torch.zeros(1, 3, 30, 30), torch.full((1, 3, 30, 30), 0.5)):
        settings = TransferConfig(size=32, steps=(6,))
        work = StyleOptimizer(torch.full((1, 3, 30, 30), 0.2), [style], PatchMethod(), settings)
        list(work)
        assert float((work.image - style.mean()).abs().mean()) < 0.35
        assert work.image.isfinite().all()


@pytest.mark.parametrize("setting", [{"patch": 2}, {"octaves": 0}, {"seed": -1}])
def test_settings_out_of_range_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Expected"):
        PatchMethod(**setting)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_gpu_judges_alike() -> None:
    near, whole = picture(2), scene()
    far = ScaleInputs(whole.content.cuda(), (whole.styles[0].cuda(),), (1.0,), 0.5)
    ours, theirs = (PatchMethod().objective(each) for each in (whole, far))
    assert theirs.evaluate(near.cuda()).total == pytest.approx(ours.evaluate(near).total, rel=1e-3)


@pytest.mark.real
def test_a_photograph_is_painted_in_the_style_of_a_painting(data: Callable[[str], Path]) -> None:
    content = images.read(data("style/content/golden_gate.jpg"))
    style = images.read(data("style/paintings/starry_night_vangogh.jpg"))
    done = transfer(content, [style], method=PatchMethod(), size=64, steps=(25,))
    first, last = (done.history[place].parts["style/patches"] for place in (0, -1))
    assert last < first / 4
