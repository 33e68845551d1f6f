"""Descents go down, stay where costs are finite, keep the best, and go on exactly."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from triptych.style.objectives.objective import LossAndGradient
from triptych.style.optimization.optimizers import OPTIMIZERS, ImageOptimizer


def judge(cost: Callable[[Tensor], Tensor]) -> Callable[[Tensor], LossAndGradient]:
    def judged(picture: Tensor) -> LossAndGradient:
        leaf = picture.detach().clone().requires_grad_()
        total = cost(leaf)
        (slope,) = torch.autograd.grad(total, leaf)
        return LossAndGradient(float(total.detach()), {}, slope)

    return judged


GOAL = torch.rand(1, 3, 5, 4, generator=torch.Generator().manual_seed(1))


def bowl(picture: Tensor) -> Tensor:
    """Steep in some pixels, shallow in others."""
    steep = torch.logspace(-1, 1, picture.numel()).view_as(picture)
    return (steep * (picture - GOAL).square()).sum()


def rosenbrock(picture: Tensor) -> Tensor:
    x = picture.flatten()
    return (100 * (x[1:] - x[:-1].square()).square() + (1 - x[:-1]).square()).sum()


def begun(kind: str, cost: Callable[[Tensor], Tensor], value: float = 0.5) -> ImageOptimizer:
    return OPTIMIZERS[kind](judge(cost), torch.full((1, 3, 5, 4), value))


def after(descent: ImageOptimizer, steps: int) -> float:
    for _ in range(steps):
        descent.step()
    return descent.best_loss.total


def test_lbfgs_finds_the_bottom_of_a_bowl() -> None:
    descent = begun("lbfgs", bowl)
    assert after(descent, 60) < 1e-8
    torch.testing.assert_close(descent.best, GOAL, atol=1e-3, rtol=0)


def test_lbfgs_comes_through_a_bent_valley_as_pytorchs_does() -> None:
    descent = begun("lbfgs", rosenbrock, 0.0)
    theirs = torch.zeros(1, 3, 5, 4, requires_grad=True)
    rule = torch.optim.LBFGS([theirs], line_search_fn="strong_wolfe", max_iter=400, max_eval=1000)

    def closure() -> Tensor:
        rule.zero_grad()
        total = rosenbrock(theirs)
        total.backward()
        return total

    rule.step(closure)
    assert float(rosenbrock(theirs).detach()) < 1e-6
    assert after(descent, 400) < 1e-6


def test_adam_goes_down_steadily() -> None:
    descent = begun("adam", bowl)
    totals = [descent.step().total for _ in range(150)][::25]
    assert totals == sorted(totals, reverse=True)
    assert after(descent, 1) < judge(bowl)(torch.full((1, 3, 5, 4), 0.5)).total / 100


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_cliff_of_no_numbers_is_never_gone_over(kind: str) -> None:
    def cliff(picture: Tensor) -> Tensor:
        return (picture - 1).square().sum() + torch.where(picture > 0.6, torch.nan, 0.0).sum()

    descent = begun(kind, cliff, 0.59)
    start = descent.best_loss.total
    for _ in range(60):
        assert descent.step().gradient.isfinite().all()
    assert descent.best_loss.total < start
    assert descent.best.max() <= 0.6


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_judge_gone_mad_leaves_the_best_picture(kind: str) -> None:
    sane, calls = judge(bowl), 0

    def judged(picture: Tensor) -> LossAndGradient:
        nonlocal calls
        calls += 1
        found = sane(picture)
        return found if calls < 30 else LossAndGradient(1e9 * calls, {}, -1e9 * found.gradient)

    descent = OPTIMIZERS[kind](judged, torch.full((1, 3, 5, 4), 0.5))
    after(descent, 80)
    assert descent.stalled
    assert (
        sane(descent.best).total == descent.best_loss.total < sane(torch.full_like(GOAL, 0.5)).total
    )


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_nothing_moves_where_the_ground_is_flat(kind: str) -> None:
    descent = begun(kind, lambda picture: 0 * picture.sum())
    after(descent, 10)
    torch.testing.assert_close(descent.best, torch.full((1, 3, 5, 4), 0.5))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_picture_given_is_not_changed(kind: str) -> None:
    picture = torch.full((1, 3, 5, 4), 0.5)
    after(OPTIMIZERS[kind](judge(bowl), picture), 5)
    assert (picture == 0.5).all()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_restored_descent_goes_on_exactly(kind: str) -> None:
    straight, broken = begun(kind, rosenbrock), begun(kind, rosenbrock)
    after(straight, 30)
    after(broken, 13)
    state = {name: value.clone() for name, value in broken.state.items()}
    again = begun(kind, rosenbrock, 0.9)
    again.restore(state)
    after(again, 17)
    assert torch.equal(again.image, straight.image)
    assert torch.equal(again.best, straight.best)


@pytest.mark.parametrize("missing", ["picture", "best", "rate", "failures"])
def test_a_state_with_a_part_missing_is_refused(missing: str) -> None:
    descent = begun("lbfgs", bowl)
    state = {name: value for name, value in descent.state.items() if name != missing}
    with pytest.raises(KeyError):
        descent.restore(state)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_state_with_a_part_of_another_kind_is_refused(kind: str) -> None:
    descent = begun(kind, rosenbrock)
    after(descent, 9)
    for name, value in descent.state.items():
        changes = [torch.zeros(3), torch.zeros(4, 7), value[None], value.to(torch.int32)]
        if value.is_floating_point():
            changes.append(torch.full_like(value, torch.nan))
        for changed in changes:
            with pytest.raises(KeyError, match="moves|bends" if name == "moves" else name):
                begun(kind, rosenbrock).restore({**descent.state, name: changed})


@pytest.mark.parametrize("missing", ["moves", "bends"])
def test_a_state_with_half_of_what_was_learned_is_refused(missing: str) -> None:
    descent = begun("lbfgs", rosenbrock)
    after(descent, 9)
    state = {name: value for name, value in descent.state.items() if name != missing}
    with pytest.raises(KeyError, match=missing):
        descent.restore(state)
