"""Ink as photographs leave it: other images each time, in range, in place, some of them clean."""

import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask.data.paper import SHARE, photographed

COUNT = 400


def ring() -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    radius = ((x - 14) ** 2 + (y - 12) ** 2).sqrt()
    return ((radius > 5) & (radius < 8)).float().expand(COUNT, 1, 28, 28)


def rng(seed: int = 0) -> CounterRNG:
    return CounterRNG([seed], torch.arange(COUNT))


def test_some_images_change_and_the_others_stay_as_they_are() -> None:
    images, changed = photographed(ring(), rng())
    assert torch.equal(changed, (images != ring()).flatten(1).any(1))
    assert abs(float(changed.float().mean()) - SHARE) < 0.1
    assert images.min() >= 0 and images.max() <= 1 and images.amax((1, 2, 3)).min() > 0.99


def test_an_image_is_the_same_again_and_in_any_batch() -> None:
    images, changed = photographed(ring(), rng())
    assert torch.equal(images, photographed(ring(), rng())[0])
    some = torch.tensor([3, 300])
    alone, chosen = photographed(ring()[some], CounterRNG([0], some))
    torch.testing.assert_close(alone, images[some])
    assert torch.equal(chosen, changed[some])
    assert not torch.equal(images, photographed(ring(), rng(1))[0])


def test_ink_stays_where_it_is() -> None:
    images, _ = photographed(ring(), rng())
    ink = ring()[0, 0] > 0
    inside, outside = images[:, 0, ink].mean(1), images[:, 0, ~ink].mean(1)
    assert (inside > 3 * outside).all()
    x = torch.arange(28) + 0.5
    shift = (images[:, 0].sum(1) * x).sum(1) / images.sum((1, 2, 3)) - (
        ring()[0, 0].sum(0) * x
    ).sum() / ring()[0].sum()
    assert shift.abs().max() < 1.5
