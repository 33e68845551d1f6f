"""Statistics of layers: by hand, against SciPy, in parts, and their slopes."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from torch import Tensor

from triptych.style.losses import gatys
from triptych.style.losses.statistics import STATISTICS, Moments, WassersteinTarget, moments


def activations(seed: int, channels: int = 4, height: int = 9, width: int = 7) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    mixed = torch.randn(channels, channels, generator=chance, dtype=torch.float64)
    raw = torch.randn(channels, height * width, generator=chance, dtype=torch.float64)
    return (mixed @ raw + channels / 3).view(channels, height, width)


def test_parts_add_up_to_the_whole() -> None:
    whole = activations(0)
    parts = moments(whole[..., :3]) + moments(whole[..., 3:])
    expected = moments(whole)
    for name in ("weight", "sums", "products", "gram", "mean", "covariance"):
        torch.testing.assert_close(getattr(parts, name), getattr(expected, name))


def test_moments_agree_with_numpy_and_with_the_gram_matrix() -> None:
    features = activations(1)
    found, flat = moments(features), features.flatten(1).numpy()
    np.testing.assert_allclose(found.covariance.numpy(), np.cov(flat, bias=True), atol=1e-12)
    np.testing.assert_allclose(found.mean.numpy(), flat.mean(1))
    torch.testing.assert_close(found.gram, gatys.gram_matrix(features[None]))


def test_a_weight_of_two_counts_like_two_places() -> None:
    features = activations(2, height=1, width=3)
    weights = torch.tensor([[2.0, 1.0, 0.0]], dtype=torch.float64)
    doubled = moments(features[..., [0, 0, 1]])
    weighted = moments(features, weights)
    torch.testing.assert_close(weighted.products, doubled.products)
    torch.testing.assert_close(weighted.mean, doubled.mean)


@pytest.mark.parametrize("kind", STATISTICS)
def test_a_style_is_no_way_from_itself_and_nothing_is_about_one(kind: str) -> None:
    style = moments(activations(3))
    aim = STATISTICS[kind](style)
    nothing = Moments(style.weight, 0 * style.sums, 0 * style.products)
    assert float(aim.distance(style)) == pytest.approx(0, abs=1e-4)
    assert float(aim.distance(nothing)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("kind", STATISTICS)
def test_size_and_brightness_do_not_change_distances(kind: str) -> None:
    style, found = activations(4), activations(5)
    once = STATISTICS[kind](moments(style)).distance(moments(found))
    tiled = STATISTICS[kind](moments(style)).distance(moments(found.repeat(1, 2, 3)))
    brighter = STATISTICS[kind](moments(7 * style)).distance(moments(7 * found))
    torch.testing.assert_close(tiled, once)
    torch.testing.assert_close(brighter, once)


def test_gram_distance_is_the_layer_style_cost_relative_to_nothing() -> None:
    style, found = activations(6), activations(7)
    cost, nothing = (gatys.layer_style_loss(maps[None], style[None]) for maps in (found, 0 * found))
    torch.testing.assert_close(
        STATISTICS["gram"](moments(style)).distance(moments(found)), cost / nothing
    )


def test_wasserstein_distance_agrees_with_scipy() -> None:
    style, found = moments(activations(8)), moments(activations(9))
    c, d = found.covariance.numpy(), style.covariance.numpy()
    root = np.real(sqrtm(d))
    bures = np.trace(c + d - 2 * np.real(sqrtm(root @ c @ root)))
    apart = float((found.mean - style.mean).square().sum())
    expected = (apart + bures) / float(style.gram.trace())
    assert float(WassersteinTarget(style).distance(found)) == pytest.approx(expected, rel=1e-3)


def test_wasserstein_distance_of_single_channels_is_worked_by_hand() -> None:
    # means 2 and 1, deviations 1 and 2: (2 − 1)² + (1 − 2)² = 2, over 1² + 2²
    found = moments(torch.tensor([[[1.0, 3.0]]], dtype=torch.float64))
    style = moments(torch.tensor([[[-1.0, 3.0]]], dtype=torch.float64))
    assert float(WassersteinTarget(style).distance(found)) == pytest.approx(2 / 5, rel=1e-3)


@pytest.mark.parametrize("kind", STATISTICS)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_a_batch_is_told_picture_by_picture(kind: str, layout: torch.memory_format) -> None:
    aim = STATISTICS[kind](moments(activations(14)))
    pictures = [activations(seed) for seed in (15, 16, 17)]
    batch = torch.stack(pictures).contiguous(memory_format=layout)
    expected = torch.stack([aim.distance(moments(maps)) for maps in pictures])
    torch.testing.assert_close(aim.distance(moments(batch)), expected)
    assert torch.autograd.gradcheck(
        lambda x: aim.distance(moments(x)), batch.contiguous().requires_grad_()
    )


@pytest.mark.parametrize("kind", STATISTICS)
def test_slopes_equal_finite_differences(kind: str) -> None:
    aim = STATISTICS[kind](moments(activations(10)))
    features = activations(11).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: aim.distance(moments(x)), features)


@pytest.mark.parametrize("kind", STATISTICS)
@pytest.mark.parametrize("value", [torch.inf, torch.nan, 1e200])
def test_what_are_no_numbers_is_no_number_away(kind: str, value: float) -> None:
    aim, features = STATISTICS[kind](moments(activations(12))), activations(13)
    features[0, 0, 0] = value
    assert not aim.distance(moments(features.requires_grad_())).isfinite()


def test_channels_that_never_speak_leave_slopes_finite() -> None:
    style, features = activations(12), activations(13)
    style[1], features[2] = 0, 0
    features = features.requires_grad_()
    for kind in STATISTICS.values():
        aim = kind(moments(style))
        (slope,) = torch.autograd.grad(aim.distance(moments(features)), features)
        assert slope.isfinite().all()
