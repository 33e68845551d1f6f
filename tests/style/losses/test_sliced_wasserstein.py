"""Distances along directions are those of optimal transport, and so are their slopes."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.stats import wasserstein_distance
from torch import Tensor

from triptych.style.losses import sliced_wasserstein
from triptych.style.losses.sliced_wasserstein import (
    SlicedWasserstein,
    project_patches,
    quantile_means,
    quantiles,
    sample_positions,
    wasserstein_1d,
)


def numbers(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def slices(
    *styles: Tensor, style_weights: tuple[float, ...] = (1.0,), **more: Tensor
) -> SlicedWasserstein:
    """For pictures of the first style's height, and its width unless regions say otherwise."""
    regions = more.get("regions", styles[0][0])
    chance = torch.Generator().manual_seed(0)
    filters = torch.randn(16, 3, 5, 5, generator=chance, dtype=torch.float64)
    size = regions.shape[1], regions.shape[2]
    return SlicedWasserstein(styles, style_weights, filters, size, chance, **more)


def picture(seed: int, height: int = 20, width: int = 24) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, height, width, generator=chance, dtype=torch.float64)


def test_a_shift_by_two_is_four_away() -> None:
    values = torch.tensor([[3.0, 1.0, 2.0]])
    assert float(wasserstein_1d(values, torch.tensor([[3.0, 4.0, 5.0]]))) == pytest.approx(4)


@given(st.integers(0, 99), st.integers(1, 40), st.integers(1, 40))
def test_quantiles_are_scipys(seed: int, count: int, others: int) -> None:
    """A shift of one distribution by its distance to another makes the means equal; beyond that
    SciPy knows the distance where weights differ, as they do for unequal numbers."""
    ours, theirs = numbers(seed, 1, count), 2 * numbers(seed + 100, 1, others) + 9
    mass = numbers(seed + 200, count).abs() + 0.01
    ordered, order = ours.sort(1)
    goal = quantile_means(theirs.sort(1).values, (mass / mass.sum())[order])
    apart = ((mass / mass.sum())[order] * (goal - ordered)).sum()
    expected = wasserstein_distance(ours[0].numpy(), theirs[0].numpy(), mass.numpy())
    if ours.max() < theirs.min():
        assert float(apart) == pytest.approx(expected)
    assert float(apart) <= expected + 1e-9


@given(st.integers(0, 99), st.integers(1, 30))
def test_transport_is_the_best_assignment(seed: int, count: int) -> None:
    ours, theirs = numbers(seed, 1, count), numbers(seed + 100, 1, count).exp()
    costs = (ours.T - theirs).square().numpy()
    expected = costs[linear_sum_assignment(costs)].mean()
    assert float(wasserstein_1d(ours, quantiles(theirs, count))) == pytest.approx(expected)


def test_a_whole_weight_counts_as_so_many_values() -> None:
    values, aim = numbers(0, 3, 50), quantiles(numbers(1, 3, 600).exp(), 64)
    weights = torch.tensor([1, 2, 3, 0, 4] * 10)
    whole = wasserstein_1d(values.repeat_interleave(weights, 1), aim)
    torch.testing.assert_close(wasserstein_1d(values, aim, weights.double()), whole)


def test_even_weights_change_nothing() -> None:
    values, aim = numbers(0, 3, 50), quantiles(numbers(1, 3, 80), 64)
    even = torch.full((50,), 0.25, dtype=torch.float64)
    torch.testing.assert_close(wasserstein_1d(values, aim, even), wasserstein_1d(values, aim))


def test_quantiles_are_means_of_shares() -> None:
    found = quantiles(torch.tensor([[4.0, 0.0, 2.0]]), 2)
    torch.testing.assert_close(found, torch.tensor([[2 / 3, 10 / 3]]))
    assert quantiles(torch.tensor([[4.0, 0.0]]), 4).tolist() == [[0.0, 0.0, 4.0, 4.0]]


@pytest.mark.parametrize("masked", [False, True])
def test_slopes_are_those_of_finite_differences(masked: bool) -> None:
    regions = {"regions": picture(5)[0, :2]} if masked else {}
    judge = slices(picture(1), picture(2), style_weights=(0.3, 0.7), **regions)
    ours = picture(0).requires_grad_()
    (slope,) = torch.autograd.grad(judge.distance(ours), ours)
    way = slope / slope.norm() + numbers(3, 1, 3, 20, 24) / 100
    with torch.no_grad():
        higher, lower = (judge.distance(ours + step * way) for step in (1e-6, -1e-6))
    assert float((slope * way).sum()) == pytest.approx(float(higher - lower) / 2e-6, rel=1e-3)


def test_a_picture_is_no_way_from_itself_and_a_flat_one_about_one() -> None:
    style = picture(1, 40, 40)
    judge = slices(style)
    assert float(judge.distance(style)) < 1e-4
    flat = style.mean(dim=(2, 3), keepdim=True).expand_as(style).contiguous()
    assert 0.8 < float(judge.distance(flat)) < 1.05


def test_the_same_pixels_in_another_order_are_another_style() -> None:
    smooth = torch.nn.functional.avg_pool2d(picture(1, 44, 44), 5, stride=1)
    order = torch.randperm(1600, generator=torch.Generator().manual_seed(0))
    mixed = smooth.flatten(2)[..., order].view_as(smooth)
    judge = slices(smooth)
    moved = float(judge.distance(smooth.roll(7, 3)))
    assert moved < float(judge.distance(mixed)) / 4


def test_two_styles_are_met_half_way() -> None:
    """Of two pictures that differ in brightness the barycentre is the one between."""
    dark = picture(1) / 2
    judge = slices(dark, dark + 0.5, style_weights=(0.5, 0.5))
    assert float(judge.distance(dark + 0.25)) < 1e-4
    assert float(judge.distance(dark)) > 0.1


def test_each_region_has_its_style() -> None:
    left, right = picture(1, 40, 40), picture(2, 40, 40) / 3
    halves = torch.zeros(2, 40, 80, dtype=torch.float64)
    halves[0, :, :40] = halves[1, :, 40:] = 1
    judge = slices(left, right, style_weights=(0.5, 0.5), regions=halves)
    here = float(judge.distance(torch.cat([left, right], 3)))
    there = float(judge.distance(torch.cat([right, left], 3)))
    assert here < there / 5


def test_without_any_region_nothing_is_judged() -> None:
    judge = slices(picture(1), regions=torch.zeros(1, 20, 24, dtype=torch.float64))
    assert float(judge.distance(picture(0))) == 0


def test_few_places_are_all_looked_at_and_many_drawn() -> None:
    chance = torch.Generator().manual_seed(0)
    assert sample_positions(5, 9, chance).tolist() == [0, 1, 2, 3, 4]
    drawn = sample_positions(1000, 100, chance)
    assert len(set(drawn.tolist())) == 100 and set(drawn.tolist()) <= set(range(1000))


def test_of_a_large_picture_a_part_tells_the_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    style, ours = picture(1, 180, 180), picture(0, 180, 180) / 2
    part = float(slices(style).distance(ours))
    monkeypatch.setattr(sliced_wasserstein, "NUM_PATCHES", 10**6)
    assert part == pytest.approx(float(slices(style).distance(ours)), rel=0.02)


def test_patches_are_projected_as_a_convolution_would() -> None:
    whole, filters = picture(1), numbers(0, 4, 3, 5, 5)
    expected = F.conv2d(whole, filters)[0].flatten(1)
    chosen = torch.tensor([0, 7, 20, 311])
    assert torch.allclose(project_patches(whole, filters, chosen), expected[:, chosen])


def test_a_small_region_is_looked_at_as_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sliced_wasserstein, "NUM_PATCHES", 9)
    regions = torch.zeros(1, 20, 24, dtype=torch.float64)
    regions[0, 4:7, 9:12] = 1
    (chosen,) = slices(picture(1), regions=regions).positions
    assert chosen.tolist() == [row * 20 + column for row in (2, 3, 4) for column in (7, 8, 9)]


def test_slopes_of_pixels_that_patches_share_are_added_in_order() -> None:
    """Plain indexing (IndexBackward0) adds from several threads, in whatever order they come: of
    80 judgements of 512 × 512 pixels, 3 differed from the rest."""
    ours = picture(1).requires_grad_()
    found, seen = [project_patches(ours, numbers(0, 4, 3, 5, 5), torch.arange(50)).grad_fn], set()
    while found:
        node = found.pop()
        if node is not None:
            seen.add(node.name())
            found += [below for below, _ in node.next_functions]
    assert "IndexSelectBackward0" in seen and "IndexBackward0" not in seen
