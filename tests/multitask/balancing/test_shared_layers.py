"""What all heads share is found in the graph of their losses."""

import torch
from torch import Tensor, nn

from triptych.multitask.balancing.shared_layers import head_gradients, last_shared_layer


class Trunk(nn.Module):
    """Three layers, registered in another order than they are used in."""

    def __init__(self) -> None:
        super().__init__()
        self.third, self.second, self.first = (nn.Linear(3, 3) for _ in range(3))
        self.unused = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        fine = self.first(x).relu()
        middle = self.second(fine).relu()
        return fine, middle, self.third(middle)


def maps() -> tuple[Trunk, tuple[Tensor, Tensor, Tensor]]:
    torch.manual_seed(0)
    trunk = Trunk()
    return trunk, trunk(torch.rand(5, 3))


def test_the_last_layer_that_all_losses_reach_is_taken():
    trunk, (fine, middle, coarse) = maps()
    some = {"a": fine.sum(), "b": coarse.sum()}
    assert last_shared_layer(some, trunk) is trunk.first.weight
    some = {"a": middle.sum(), "b": coarse.sum()}
    assert last_shared_layer(some, trunk) is trunk.second.weight
    some = {"a": coarse.sum(), "b": coarse.square().sum() + fine.sum()}
    assert last_shared_layer(some, trunk) is trunk.third.weight


def test_a_head_without_targets_shares_what_the_others_share():
    trunk, (_, middle, coarse) = maps()
    some = {"a": middle.sum() * 0, "b": coarse.sum()}
    assert last_shared_layer(some, trunk) is trunk.second.weight


def test_what_is_frozen_is_shared_by_none():
    trunk, _ = maps()
    trunk.requires_grad_(False)
    _, middle, coarse = trunk(torch.rand(5, 3))
    head = nn.Linear(3, 1)
    losses = {"a": head(middle).sum(), "b": head(coarse).sum()}
    assert last_shared_layer(losses, trunk) is None
    trunk.first.requires_grad_(True)
    _, middle, coarse = trunk(torch.rand(5, 3))
    losses = {"a": head(middle).sum(), "b": head(coarse).sum()}
    assert last_shared_layer(losses, trunk) is trunk.first.weight


def test_gradients_are_those_of_a_backward_pass_and_leave_none_behind():
    trunk, (_, middle, coarse) = maps()
    losses = {"a": middle.square().sum(), "b": coarse.square().sum()}
    learning = [*trunk.parameters()]
    rows = head_gradients(losses, learning)
    assert all(weights.grad is None for weights in learning)
    for row, loss in zip(rows, losses.values()):
        trunk.zero_grad()
        loss.backward(retain_graph=True)
        zero = torch.zeros(())
        own = [(zero.expand_as(w) if w.grad is None else w.grad).flatten() for w in learning]
        assert torch.equal(row, torch.cat(own))
