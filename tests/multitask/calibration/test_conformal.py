"""Intervals around shapes: worked by hand, and whether they hold as often as they say."""

import math

import numpy as np
import pytest
import torch

from triptych.multitask.calibration.conformal import (
    BOX_INTERVALS,
    CIRCLE_INTERVALS,
    IntervalGeometry,
    conformal_margin,
)

BOX = torch.tensor([[10.0, 10.0, 30.0, 15.0]])  # the geometric mean of its sides is 10
CIRCLE = torch.tensor([[10.0, 10.0, 4.0]])


@pytest.mark.parametrize(("images", "rank"), [(9, 9), (10, 10), (19, 18), (99, 90), (8, None)])
def test_the_margin_is_the_rank_that_the_theorem_names(images: int, rank: int | None):
    scores = torch.arange(1.0, images + 1)[torch.randperm(images)]
    assert conformal_margin(scores, 0.9) == (math.inf if rank is None else rank)


def test_one_more_image_is_within_the_margin_as_often_as_promised():
    rng = np.random.default_rng(0)
    scores = torch.from_numpy(rng.exponential(size=(4000, 40)))
    held = [float(row[-1]) <= conformal_margin(row[:-1], 0.9) for row in scores]
    assert np.mean(held) == pytest.approx(0.9, abs=0.015)


@pytest.mark.parametrize(
    ("true", "expected"),
    [
        ([9.0, 10.0, 30.0, 15.0], [0.1, 0.0]),
        ([10.0, 10.0, 28.0, 18.0], [0.3, 0.2]),
        ([11.0, 11.0, 29.0, 14.0], [-0.1, 0.1]),
    ],
)
def test_how_far_a_box_must_grow_and_shrink(true: list[float], expected: list[float]):
    excess = BOX_INTERVALS.excess(BOX, torch.tensor([true]))
    assert torch.allclose(excess, torch.tensor([expected]), atol=1e-6)


def test_how_far_a_circle_must_grow_and_shrink():
    # the center is 3 to the side, the radius 1 larger: 3 + 5 − 4 and 3 + 4 − 5, of a radius of 4
    excess = CIRCLE_INTERVALS.excess(CIRCLE, torch.tensor([[13.0, 10.0, 5.0]]))
    assert torch.allclose(excess, torch.tensor([[1.0, 0.5]]))


def random_boxes(count: int) -> torch.Tensor:
    corners = torch.rand(count, 2) * 20
    return torch.cat([corners, corners + 2 + torch.rand(count, 2) * 30], 1)


def random_circles(count: int) -> torch.Tensor:
    return torch.rand(count, 3) * 20 + 1


def holds(outer: torch.Tensor, inner: torch.Tensor) -> torch.Tensor:
    """Whether each outer shape holds each inner one, to within rounding."""
    if outer.shape[1] == 4:
        larger = torch.cat([inner[:, :2] - outer[:, :2], outer[:, 2:] - inner[:, 2:]], 1)
        return (larger >= -1e-3).all(1)
    apart = (outer[:, :2] - inner[:, :2]).norm(dim=1)
    return outer[:, 2] - inner[:, 2] - apart >= -1e-3


@pytest.mark.parametrize(
    ("geometry", "shapes"),
    [(BOX_INTERVALS, random_boxes), (CIRCLE_INTERVALS, random_circles)],
    ids=["boxes", "circles"],
)
def test_a_shape_grown_by_its_excess_just_holds_the_true_one(geometry: IntervalGeometry, shapes):
    torch.manual_seed(0)
    predicted, true = shapes(200), shapes(200)
    for one, other, (outer, inner) in zip(
        predicted.split(1), true.split(1), geometry.excess(predicted, true).tolist()
    ):
        assert holds(geometry.grow(one, outer), other)
        assert not holds(geometry.grow(one, outer - 0.01), other)
        small = geometry.grow(one, -inner)
        assert geometry.is_empty(small) or holds(other, small)
        assert not holds(other, geometry.grow(one, 0.01 - inner))
