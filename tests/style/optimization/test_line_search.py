"""The line search on curves whose shape is known."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from triptych.style.objectives.objective import LossAndGradient
from triptych.style.optimization.line_search import (
    CURVATURE,
    DECREASE,
    Point,
    cubic_minimum,
    strong_wolfe,
)

Curve = Callable[[Tensor], Tensor]


def judge(curve: Curve) -> Callable[[Tensor], LossAndGradient]:
    def judged(picture: Tensor) -> LossAndGradient:
        leaf = picture.detach().clone().requires_grad_()
        total = curve(leaf).sum()
        (slope,) = torch.autograd.grad(total, leaf)
        return LossAndGradient(float(total.detach()), {}, slope)

    return judged


def at(value: float) -> Tensor:
    return torch.full((1, 3, 1, 1), value)


CURVES: dict[str, Curve] = {
    "a bowl just here": lambda x: x.square(),
    "a bowl far away": lambda x: (x - 400).square(),
    "a narrow bowl": lambda x: 1e4 * x.square(),
    "a valley with waves": lambda x: x.square() + 2 * (5 * x).sin(),
    "a wall": lambda x: x.square() + (x.abs() * 3).exp(),
}


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("length", [1e-3, 1.0, 100.0])
def test_landings_are_low_enough_and_flat_enough(name: str, length: float) -> None:
    judged = judge(CURVES[name])
    picture = at(2.0)
    start = judged(picture)
    direction = -length * start.gradient / start.gradient.abs().max()
    slope = float((start.gradient * direction).sum())
    found = strong_wolfe(judged, picture, start, direction)
    assert found is not None
    landing, landed = found
    along = float((landing - picture).flatten() @ direction.flatten() / direction.square().sum())
    assert landed.total <= start.total + DECREASE * along * slope
    assert landed.total == judged(landing).total
    if (name, length) != ("a bowl far away", 1e-3):  # 400 lies beyond what a few tries reach
        assert abs(float((landed.gradient * direction).sum())) <= -CURVATURE * slope * 1.001


def test_a_direction_that_soon_leads_nowhere_is_cut_short() -> None:
    judged = judge(lambda x: (x - 1).square() + torch.where(x > 1.5, torch.nan, 0.0))
    picture = at(0.0)
    found = strong_wolfe(judged, picture, judged(picture), at(3000.0))
    assert found is not None
    assert found[1].total < judged(picture).total


def test_no_landing_is_found_where_everything_is_higher() -> None:
    def judged(picture: Tensor) -> LossAndGradient:  # a slope that lies
        return LossAndGradient(float(picture.square().sum()), {}, -torch.ones_like(picture))

    assert strong_wolfe(judged, at(0.0), judged(at(0.0)), at(1.0)) is None


def test_a_cubic_is_lowest_where_algebra_says() -> None:
    # x³ − 3x has slope 3x² − 3 and its lowest place at 1
    points = [Point(x, x**3 - 3 * x, 3 * x**2 - 3) for x in (0.0, 2.5)]
    assert cubic_minimum(*points) == pytest.approx(1)
    assert cubic_minimum(*points[::-1]) == pytest.approx(1)
