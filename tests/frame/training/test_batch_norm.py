"""Batch norms that share their statistics; with one process they are as PyTorch's own."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from triptych.frame.training.batch_norm import SynchronizedBatchNorm


@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize(
    ("layer", "shape"),
    [(nn.BatchNorm1d(3), (7, 3)), (nn.BatchNorm2d(3, affine=False), (4, 3, 5, 6))],
)
def test_it_normalizes_as_the_layer_itself(
    layer: nn.Module, shape: tuple[int, ...], momentum: float | None
):
    own = deepcopy(layer)
    own.momentum = momentum  # type: ignore[assignment]
    shared = SynchronizedBatchNorm().apply(deepcopy(own))
    for _ in range(2):
        images = torch.randn(shape) * 3 + 5
        first, second = images.clone().requires_grad_(), images.clone().requires_grad_()
        expected, given = own(first), shared(second)
        torch.testing.assert_close(given, expected, rtol=1e-5, atol=1e-5)
        pull = torch.randn(shape)
        (expected * pull).sum().backward()
        (given * pull).sum().backward()
        torch.testing.assert_close(second.grad, first.grad, rtol=1e-4, atol=1e-5)
    for name, value in own.state_dict().items():
        torch.testing.assert_close(shared.state_dict()[name], value)
    torch.testing.assert_close(shared.eval()(images), own.eval()(images))


def test_layers_are_as_they_were_once_reverted():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    sync, before = SynchronizedBatchNorm(), dict(vars(net[1]))
    assert sync.apply(net) is net and "forward" in vars(net[1])
    assert sync.revert(net) is net and vars(net[1]).keys() == before.keys()
    assert type(net[1]) is nn.BatchNorm2d
