"""Patches are drawn to the nearest of a style's, and those far from the content are cheaper."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from triptych.style.losses.nearest_patch import (
    DISCOUNT_FRACTION,
    RUN_LENGTH,
    NearestPatchLoss,
    PatchBank,
    gaussian_window,
    sample_patches,
)


def picture(seed: int, height: int = 20, width: int = 24) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, height, width, generator=chance, dtype=torch.float64)


def nearest(
    *styles: Tensor, style_weights: tuple[float, ...] = (1.0,), **more: Tensor
) -> NearestPatchLoss:
    chance = torch.Generator().manual_seed(0)
    return NearestPatchLoss(styles, style_weights, 5, picture(0), chance, **more)


def test_the_window_is_one_in_sum_and_lowest_at_the_rim() -> None:
    assert float(gaussian_window(5).sum()) == pytest.approx(1)
    assert gaussian_window(5).argmax() == 12 and gaussian_window(5).argmin() == 0


def test_all_patches_are_known_of_a_small_style_and_some_of_a_large() -> None:
    style, chance = picture(1), torch.Generator().manual_seed(0)
    whole = sample_patches(style, 5, 1000, chance)
    assert len(whole) == 16 * 20 and len(sample_patches(style, 5, 9, chance)) == 9
    assert torch.equal(whole[21], style[0, :, 1:6, 1:6])


def test_what_is_far_from_the_content_is_cheaper() -> None:
    """Two flat patches, black and grey; the content is black, and grey is 3/4 away: 3 · 0.5²."""
    patches = torch.stack([torch.zeros(3, 5, 5), torch.full((3, 5, 5), 0.5)]).double()
    book = PatchBank(patches, torch.zeros(1, 3, 9, 9, dtype=torch.float64))
    assert book.discounts.tolist() == pytest.approx([DISCOUNT_FRACTION * 0.75, 0])
    light = torch.full((1, 3, 9, 9), 0.2, dtype=torch.float64)  # 0.12 from black, 0.27 from grey
    assert book.nearest(light).unique().tolist() == [1]


def test_a_distance_is_the_mean_of_what_the_chosen_patches_cost() -> None:
    style, ours = picture(1), picture(2)
    judge = nearest(style)
    book = judge.banks[0]
    seen = ours[0].unfold(1, 5, 1).unfold(2, 5, 1).permute(0, 3, 4, 1, 2)
    costs = []
    for view, here in zip(book.grid.offset_views(ours), book.grid.sample(seen)):
        chosen, here = book.nearest(view), here.permute(3, 4, 0, 1, 2)
        apart = ((here - book.patches[chosen]).square() * gaussian_window(5)).sum((2, 3, 4))
        costs.append((apart + book.discounts[chosen]).flatten())
    expected = torch.cat(costs).mean() / book.variance
    assert float(judge.distance(ours)) == pytest.approx(float(expected))


@pytest.mark.parametrize("known", [1, RUN_LENGTH - 1, RUN_LENGTH, 3 * RUN_LENGTH + 5])
def test_the_cheapest_patch_is_chosen_of_however_many(known: int) -> None:
    patches, ours = picture(1, 5 * known, 5).view(3, known, 5, 5).movedim(1, 0), picture(2)
    book = PatchBank(patches, ours)
    (view, *_), keys = book.grid.offset_views(ours), book.lookup[:-1, :known]
    seen = F.conv2d(view, book.axes, stride=book.grid.step)[0].flatten(1).T
    costs = seen @ keys + book.lookup[-1, :known]
    assert torch.equal(book.nearest(view).flatten(), costs.argmin(1))


def test_slopes_are_those_of_finite_differences() -> None:
    judge = nearest(picture(1), picture(2), style_weights=(0.5, 0.5), regions=picture(5)[0, :2])
    ours = picture(3).requires_grad_()
    (slope,) = torch.autograd.grad(judge.distance(ours), ours)
    with torch.no_grad():
        higher, lower = (judge.distance(ours + step * slope) for step in (1e-5, -1e-5))
    expected = float(higher - lower) / 2e-5
    assert float(slope.square().sum()) == pytest.approx(expected, rel=1e-3)


def test_each_style_has_its_share_of_the_patches() -> None:
    dark, light = picture(1, 90, 90) / 4, picture(2, 90, 90) / 4 + 0.75
    patches = nearest(dark, light, style_weights=(0.25, 0.75)).banks[0].patches
    assert float((patches.mean((1, 2, 3)) > 0.5).double().mean()) == pytest.approx(0.75)


def test_each_region_chooses_from_its_style() -> None:
    halves = torch.zeros(2, 20, 24, dtype=torch.float64)
    halves[0, :, :12] = halves[1, :, 12:] = 1
    dark, light = picture(1) / 4, picture(2) / 4 + 0.75
    judge = nearest(dark, light, style_weights=(0.5, 0.5), regions=halves)
    right = torch.cat([dark[..., :12], light[..., :12]], 3)
    wrong = torch.cat([light[..., :12], dark[..., :12]], 3)
    assert judge.distance(right) < judge.distance(wrong) / 3
    assert float(nearest(dark, regions=0 * halves[:1]).distance(right)) == 0
