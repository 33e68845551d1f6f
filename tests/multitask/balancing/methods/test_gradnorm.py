"""GradNorm in small problems of which the balance is known."""

import pytest
import torch
from torch import Tensor, nn

from triptych.multitask.balancing.methods import StepLosses
from triptych.multitask.balancing.methods.gradnorm import ALPHA, GradNorm, norm_slopes

NAMES = ("a", "b", "c")
SCALES = {"a": 100.0, "b": 1.0, "c": 0.05}


class Problem:
    """Three regressions on one linear layer, whose losses differ in scale alone."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.backbone = nn.Sequential(nn.Linear(4, 6))
        self.heads = [nn.Linear(6, 1) for _ in NAMES]
        self.x, self.y = torch.randn(64, 4), torch.randn(3, 64, 1)

    def step(self, known: tuple[str, ...] = NAMES, times: dict[str, float] | None = None):
        features = self.backbone(self.x)
        losses: dict[str, Tensor] = {}
        for name, head, y in zip(NAMES, self.heads, self.y):
            loss = SCALES[name] * (head(features) - y).square().mean() * (times or {}).get(name, 1)
            losses[name] = loss if name in known else loss * 0
        shares = {name: torch.tensor(float(name in known)) for name in NAMES}
        return StepLosses(losses, shares, shares, self.backbone)

    def norms(self, method: GradNorm, times: dict[str, float] | None = None) -> list[float]:
        """Of the gradients of the weighted losses by the shared layer."""
        weights, found = method.weights(), []
        for name, loss in self.step(times=times).losses.items():
            (gradient,) = torch.autograd.grad(
                weights[name] * loss, [self.backbone[0].weight], retain_graph=True
            )
            found.append(gradient.norm().item())
        return found


def learn(method: GradNorm, problem: Problem, steps: int, **how: dict[str, float]) -> None:
    """Learn the weights alone: the network stays as it is."""
    optimizer = torch.optim.AdamW(method.parameters(), lr=method.rate, weight_decay=0)
    for number in range(steps):
        optimizer.param_groups[0]["lr"] = method.rate * (1 - number / steps)
        optimizer.zero_grad()
        method.total(problem.step(**how)).backward()
        optimizer.step()


def test_norms_become_equal_where_all_learn_alike():
    method, problem = GradNorm(dict.fromkeys(NAMES, 1.0)), Problem()
    before = problem.norms(method)
    assert max(before) / min(before) > 100
    learn(method, problem, 1200)
    after = problem.norms(method)
    assert after == pytest.approx([after[0]] * 3, rel=0.1)
    assert sum(method.factors().tolist()) == pytest.approx(3, rel=1e-5)


def test_a_head_that_has_learnt_less_pulls_more():
    method, problem = GradNorm(dict.fromkeys(NAMES, 1.0)), Problem()
    method.total(problem.step())
    times = {"a": 0.5, "b": 1.0, "c": 1.5}  # of the first loss
    learn(method, problem, 1500, times=times)
    after = problem.norms(method, times)
    wanted = [time**ALPHA for time in times.values()]
    assert [norm / sum(after) for norm in after] == pytest.approx(
        [each / sum(wanted) for each in wanted], rel=0.15
    )


def test_the_network_has_the_gradient_of_the_weighted_sum():
    method, problem = GradNorm(dict.fromkeys(NAMES, 1.0)), Problem()
    method.logits.data = torch.tensor([0.3, -1.0, 0.2])
    step = problem.step()
    total = method.total(step)
    weights = method.weights()
    plain = torch.stack([weights[name] * loss for name, loss in step.losses.items()]).sum()
    assert total.item() == pytest.approx(plain.item(), rel=1e-5)
    (expected,) = torch.autograd.grad(plain, [problem.backbone[0].weight], retain_graph=True)
    total.backward()
    torch.testing.assert_close(problem.backbone[0].weight.grad, expected)
    assert method.logits.grad is not None and method.logits.grad.abs().sum() > 0


def test_a_head_without_targets_changes_nothing_and_begins_later():
    method, problem = GradNorm(dict.fromkeys(NAMES, 1.0)), Problem()
    method.total(problem.step(known=("a",))).backward()
    assert method.logits.grad is not None
    assert method.logits.grad.tolist() == [0, 0, 0]  # one head is balanced by itself
    assert [value > 0 for value in method.first_losses.tolist()] == [True, False, False]
    first = method.first_losses[0].item()
    method.total(problem.step(times={"a": 0.5})).backward()
    assert all(value > 0 for value in method.first_losses.tolist())
    assert method.first_losses[0].item() == first


def test_weights_stay_while_all_that_is_shared_is_frozen():
    method, problem = GradNorm(dict.fromkeys(NAMES, 1.0)), Problem()
    problem.backbone.requires_grad_(False)
    method.total(problem.step()).backward()
    assert method.logits.grad is not None and method.logits.grad.tolist() == [0, 0, 0]


def test_slopes_by_hand():
    norms, factors = torch.tensor([4.0, 1.0, 9.0]), torch.tensor([0.5, 2.0, 1.0])
    ratios = torch.tensor([1.0, 0.25, torch.nan])
    known = torch.tensor([True, True, False])
    # weighted norms 2 and 2 of mean 2; ratios 1.6 and 0.4 times their mean: the first is to grow
    assert norm_slopes(norms, factors, ratios, known).tolist() == pytest.approx([-2, 0.5, 0])
    assert norm_slopes(norms * 0, factors, ratios, known).tolist() == [0, 0, 0]
