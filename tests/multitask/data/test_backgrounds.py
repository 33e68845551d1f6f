"""Backgrounds: in range, of their kind, and each image's own."""

import pytest
import torch
from torch import Tensor

from triptych.frame.rng import CounterRNG
from triptych.multitask.data.backgrounds import (
    NOISE_SCALES,
    NOISE_SIDE,
    BackgroundKind,
    add_distractors,
    noise_fields,
    sample_background,
)

SOME = torch.arange(32)
SIZE = (24, 30)


def sample(kind: BackgroundKind) -> Tensor:
    return sample_background(kind, CounterRNG([0], SOME), SIZE)


@pytest.mark.parametrize("kind", ["white", "flat", "gradient", "noise", "any"])
def test_a_background_is_of_the_size_and_in_range(kind: BackgroundKind):
    images = sample(kind)
    assert images.shape == (32, 3, *SIZE)
    assert images.min() >= 0 and images.max() <= 1 + 1e-6
    alone = sample_background(kind, CounterRNG([0], SOME[7:8]), SIZE)
    assert torch.allclose(alone[0], images[7], atol=1e-6)


def test_white_is_white_and_flat_has_one_color_each():
    assert sample("white").eq(1).all()
    flat = sample("flat").flatten(2)
    assert flat.amax(2).equal(flat.amin(2))
    assert len(flat[:, :, 0].unique(dim=0)) == 32


def test_a_gradient_goes_one_way():
    for image in sample("gradient"):
        steps = image.diff(dim=2), image.diff(dim=1)
        for channel in range(3):
            assert any((step[channel] * sign >= -1e-6).all() for step in steps for sign in (1, -1))
        assert image.std() > 0


def test_noise_has_several_scales():
    fields = noise_fields(torch.device("cpu"))
    assert fields.shape == (len(NOISE_SCALES), NOISE_SIDE, NOISE_SIDE)
    rough = [float((field - field.roll(1, 0)).abs().mean()) for field in fields]
    assert rough == sorted(rough, reverse=True)
    seams = [(field[0] - field[-1]).abs().mean() for field in fields]
    assert all(seam < 2 * step for seam, step in zip(seams, rough))


def test_any_background_is_of_all_kinds():
    images = sample_background("any", CounterRNG([0], torch.arange(100)), SIZE)
    white = images.eq(1).flatten(1).all(1).float().mean()
    plain = images.flatten(2).std(2).amax(1).lt(1e-6).float().mean()
    assert 0.1 < white < 0.4 and 0.3 < plain < 0.7


def test_up_to_so_many_distractors_are_added():
    white = torch.ones(100, 3, 40, 40)
    images = add_distractors(white, CounterRNG([0], torch.arange(100)), 3)
    covered = images.ne(1).any(1).flatten(1).float().mean(1)
    assert 0.1 < covered.eq(0).float().mean() < 0.45  # a quarter has none
    assert covered.max() < 3 * 0.34**2 + 0.01
    assert add_distractors(white, CounterRNG([0], torch.arange(100)), 0).equal(white)
