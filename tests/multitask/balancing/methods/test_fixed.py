"""Weights that stay are those that were given, to the last bit."""

from pathlib import Path

import pytest
import torch
from torch import nn

from triptych.frame.errors import UnknownNameError
from triptych.frame.storage import plugins
from triptych.multitask.balancing.methods import HEAD_BALANCES, StepLosses, build_head_balance

WEIGHTS = {"a": 2.0, "b": 0.3}


def step(losses: dict[str, float], shares: dict[str, float] | None = None) -> StepLosses:
    given = {name: torch.tensor(loss) for name, loss in losses.items()}
    each = {name: torch.tensor((shares or {}).get(name, 1.0)) for name in losses}
    return StepLosses(given, each, each, nn.Module())


def test_the_total_is_the_weighted_sum():
    fixed = build_head_balance("fixed", WEIGHTS)
    losses = {"a": 0.7, "b": 1.9}
    expected = torch.stack([2.0 * torch.tensor(0.7), 0.3 * torch.tensor(1.9)]).sum()
    assert torch.equal(fixed.total(step(losses)), expected)
    assert fixed.total(step(losses, {"b": 0.0})).item() == pytest.approx(1.4)
    assert {name: weight.item() for name, weight in fixed.weights().items()} == pytest.approx(
        WEIGHTS
    )


def test_it_learns_nothing_and_keeps_nothing():
    fixed = build_head_balance("fixed", WEIGHTS)
    assert not fixed.learns and not fixed.state_dict() and not [*fixed.parameters()]


@pytest.mark.parametrize("name", ["gradnorm", "uncertainty"])
def test_what_learns_begins_with_the_weights_that_were_given(name: str):
    method = build_head_balance(name, WEIGHTS)
    assert method.learns and method.state_dict()
    weights = {head: weight.item() for head, weight in method.weights().items()}
    assert weights == pytest.approx(WEIGHTS)
    assert not any(weight.requires_grad for weight in method.weights().values())


def test_an_unknown_method_is_told_with_the_nearest():
    assert list(HEAD_BALANCES) == ["fixed", "gradnorm", "uncertainty"]
    with pytest.raises(UnknownNameError, match=r"Did you mean 'gradnorm'\? Choose from: fixed"):
        build_head_balance("gradnrm", WEIGHTS)


PLUGIN = '''
import torch
from triptych.multitask.balancing.methods import HeadBalance


class RandomWeights(HeadBalance):
    """Each head weighs by chance in each step."""

    def weights(self):
        return {name: torch.tensor(1.0) for name in self.loss_weights}

    def total(self, step):
        return torch.stack([torch.rand(()) * loss for loss in step.losses.values()]).sum()
'''


def test_a_method_of_ones_own_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(HEAD_BALANCES, "_registered", {})
    monkeypatch.setattr(plugins, "_loaded", {})
    (tmp_path / "chance.py").write_text(PLUGIN)
    assert plugins.load_plugin(tmp_path / "chance.py") == ["head-balance random-weights"]
    method = build_head_balance("random-weights", WEIGHTS)
    assert 0 <= method.total(step({"a": 1.0, "b": 1.0})) < 2
