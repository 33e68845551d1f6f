"""Clutter is of every kind, in range, the same again, and differs from the digits it is made of."""

import pytest
import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask.synthesis import clutter as module
from triptych.multitask.synthesis.clutter import clutter

COUNT = 200


def digits(size: int = 28) -> torch.Tensor:
    images = torch.zeros(COUNT, 1, size, size)
    images[:, :, 5:-5, size // 2 - 2 : size // 2 + 2] = 1
    return images


def made(size: int = 28, seed: int = 0) -> torch.Tensor:
    rng = CounterRNG([seed], torch.arange(COUNT))
    return clutter(digits(size), digits(size).transpose(2, 3), rng)


@pytest.mark.parametrize("size", [28, 32])
def test_every_image_shows_something_in_range(size: int) -> None:
    images = made(size)
    assert images.shape == (COUNT, 1, size, size)
    assert images.min() >= 0 and images.max() <= 1
    assert (images.amax((1, 2, 3)) > 0.3).float().mean() > 0.95
    assert (images != digits(size)).flatten(1).any(1).all()


def test_all_kinds_are_made() -> None:
    kinds = CounterRNG([0], torch.arange(COUNT)).integers("clutter kind", module.KINDS)
    images, coverage = made(), []
    for kind in range(module.KINDS):
        coverage.append(float(images[kinds == kind].mean()))
    assert min(coverage) > 0.02 and len(set(coverage)) == module.KINDS
    overlaid = images[kinds == 0]
    assert (overlaid >= digits()[: len(overlaid)]).all()


def test_an_image_is_the_same_again_and_in_any_batch() -> None:
    images = made()
    assert torch.equal(images, made()) and not torch.equal(images, made(seed=1))
    some = torch.tensor([3, 150])
    alone = clutter(
        digits()[some],
        digits().transpose(2, 3)[some],
        CounterRNG([0], torch.arange(COUNT)).subset(some),
    )
    torch.testing.assert_close(alone, images[some])
