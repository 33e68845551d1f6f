"""Rectangles: how many, how large, and what they leave to be seen."""

import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, Target
from triptych.multitask.augmentation import AugmentationConfig
from triptych.multitask.augmentation.erase import (
    MAX_ASPECT,
    MAX_HIDDEN,
    random_erase,
    random_rectangle,
)

COUNT = 500
RNG = CounterRNG([2], torch.arange(COUNT))
THING = torch.tensor([[10.0, 12.0, 20.0, 24.0]]).repeat(COUNT, 1)


def batch(**targets: torch.Tensor | Target) -> Batch:
    images = torch.full((COUNT, 3, 30, 40), 0.5)
    images[:, 0, ::2] = 0.7
    return Batch.of(images, torch.arange(COUNT), **targets)


def erase(given: Batch, share: float = 1.0) -> torch.Tensor:
    return random_erase(given, AugmentationConfig(level="none", erase=share), RNG)


def test_rectangles_lie_in_the_image_and_have_the_area_asked_for() -> None:
    left, top, right, bottom = random_rectangle(batch(), 0.2, RNG).unbind(1)
    assert left.min() >= 0 and top.min() >= 0
    assert right.max() <= 40.001 and bottom.max() <= 30.001
    area = (right - left) * (bottom - top) / 1200
    assert area.min() + 1e-6 >= 0.02 and area.min() < 0.025 and 0.19 < area.max() < 0.2001
    aspect = (bottom - top) / (right - left)
    assert aspect.min() >= 1 / MAX_ASPECT - 1e-3 and aspect.max() <= MAX_ASPECT + 1e-3


def test_pixels_are_painted_with_noise_or_the_mean() -> None:
    given = batch()
    erased = erase(given)
    changed = (erased != given.images).any(1).flatten(1).float().mean(1)
    assert changed.min() > 0 and changed.max() < 0.26
    mean = given.images.mean((2, 3))[0]
    flat = ((erased == given.images) | ((erased - mean[:, None, None]).abs() < 1e-6)).flatten(1)
    assert 0.4 < flat.all(1).float().mean() < 0.6


def test_as_many_are_painted_over_as_asked() -> None:
    given = batch()
    changed = (erase(given, 0.3) != given.images).flatten(1).any(1)
    assert 0.25 < changed.float().mean() < 0.35
    assert erase(given, 0.0) is given.images


def hidden(rectangle: torch.Tensor) -> torch.Tensor:
    sides = torch.minimum(rectangle[:, 2:], THING[:, 2:]) - torch.maximum(
        rectangle[:, :2], THING[:, :2]
    )
    return sides.clamp(min=0).prod(1) / 120


def test_most_of_a_thing_with_a_box_or_a_circle_stays_visible() -> None:
    free = hidden(random_rectangle(batch(), 0.5, RNG))
    assert free.max() > 0.9  # it would be hidden else
    boxed = hidden(random_rectangle(batch(box=THING), 0.5, RNG))
    assert MAX_HIDDEN / 2 < boxed.max() <= MAX_HIDDEN + 1e-5
    circle = torch.tensor([[15.0, 18.0, 5.0]]).repeat(COUNT, 1)
    inner = random_rectangle(batch(circle=circle), 0.5, RNG)
    overlap = torch.minimum(inner[:, 2:], torch.tensor([20.0, 23])) - torch.maximum(
        inner[:, :2], torch.tensor([10.0, 13])
    )
    assert overlap.clamp(min=0).prod(1).max() <= MAX_HIDDEN * 100 + 1e-3


def test_an_absent_box_protects_nothing() -> None:
    absent = Target(THING * torch.nan, torch.zeros(COUNT, dtype=torch.bool))
    assert (
        random_rectangle(batch(box=absent), 0.5, RNG) == random_rectangle(batch(), 0.5, RNG)
    ).all()
