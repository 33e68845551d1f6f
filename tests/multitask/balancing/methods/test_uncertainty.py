"""Uncertainty weighting against what is known in closed form."""

from math import exp, log

import pytest
import torch
from torch import nn

from triptych.multitask.balancing.methods import StepLosses
from triptych.multitask.balancing.methods.uncertainty import Uncertainty

WEIGHTS = {"a": 100.0, "b": 0.3}
LOSSES = {"a": 0.02, "b": 7.0}


def step(shares: dict[str, float], losses: dict[str, float] = LOSSES) -> StepLosses:
    given = {name: torch.tensor(loss) for name, loss in losses.items()}
    each = {name: torch.tensor(share) for name, share in shares.items()}
    return StepLosses(given, each, each, nn.Module())


def test_the_total_is_lowest_where_s_is_the_logarithm_of_the_weighted_loss():
    method = Uncertainty(WEIGHTS)
    best = [log(WEIGHTS[name] * loss) for name, loss in LOSSES.items()]
    method.log_variances.data = torch.tensor(best)
    total = method.total(step({"a": 1.0, "b": 1.0}))
    total.backward()
    assert total.item() == pytest.approx(sum(1 + s for s in best), rel=1e-5)
    assert method.log_variances.grad is not None
    assert method.log_variances.grad.tolist() == pytest.approx([0, 0], abs=1e-5)
    weights = {name: weight.item() for name, weight in method.weights().items()}
    assert weights == pytest.approx({name: 1 / loss for name, loss in LOSSES.items()}, rel=1e-5)


def test_it_is_found_by_learning_whatever_the_weights_were():
    method = Uncertainty(WEIGHTS)
    optimizer = torch.optim.AdamW(method.parameters(), lr=method.rate, weight_decay=0)
    for _ in range(800):
        optimizer.zero_grad()
        method.total(step({"a": 1.0, "b": 1.0})).backward()
        optimizer.step()
    found = dict(zip(LOSSES, method.log_variances.tolist()))
    assert found == pytest.approx({n: log(WEIGHTS[n] * x) for n, x in LOSSES.items()}, abs=0.01)


def test_by_hand_and_without_the_heads_that_have_no_target():
    method = Uncertainty(WEIGHTS)
    method.log_variances.data = torch.tensor([1.0, -2.0])
    expected = exp(-1) * 100 * 0.02 + 1
    total = method.total(step({"a": 1.0, "b": 0.0}))
    assert total.item() == pytest.approx(expected, rel=1e-5)
    total.backward()
    assert method.log_variances.grad is not None
    assert method.log_variances.grad.tolist() == pytest.approx([1 - exp(-1) * 2, 0], rel=1e-5)


def test_parts_of_a_step_have_the_total_of_all_its_images():
    """Head a is known in 3 images of the first batch and 1 of the second, b in the second alone."""
    method = Uncertainty(WEIGHTS)
    first = step({"a": 2 * 3 / 4, "b": 0.0}, {"a": 0.02, "b": 0.0})
    second = step({"a": 2 * 1 / 4, "b": 2.0}, {"a": 0.06, "b": 7.0})
    whole = step({"a": 1.0, "b": 1.0}, {"a": (3 * 0.02 + 0.06) / 4, "b": 7.0})
    mean = (method.total(first) + method.total(second)) / 2
    assert mean.item() == pytest.approx(method.total(whole).item(), rel=1e-5)
