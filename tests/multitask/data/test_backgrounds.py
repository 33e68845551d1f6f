"""Grounds: in range, of their kind, and of each image's own."""

import pytest
import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask.data.backgrounds import (
    NOISE_SCALES,
    NOISE_SIDE,
    add_distractors,
    noise_fields,
    sample_background,
)

SOME = torch.arange(32)
SIZE = (24, 30)


def made(kind: str):
    return sample_background(kind, CounterRNG([0], SOME), SIZE)


@pytest.mark.parametrize("kind", ["white", "flat", "gradient", "noise", "any"])
def test_a_ground_is_of_the_size_and_in_range(kind: str):
    found = made(kind)
    assert found.shape == (32, 3, *SIZE)
    assert found.min() >= 0 and found.max() <= 1 + 1e-6
    alone = sample_background(kind, CounterRNG([0], SOME[7:8]), SIZE)
    assert torch.allclose(alone[0], found[7], atol=1e-6)


def test_white_is_white_and_flat_has_one_colour_each():
    assert made("white").eq(1).all()
    flat = made("flat").flatten(2)
    assert flat.amax(2).equal(flat.amin(2))
    assert len(flat[:, :, 0].unique(dim=0)) == 32


def test_a_gradient_goes_one_way():
    for picture in made("gradient"):
        steps = picture.diff(dim=2), picture.diff(dim=1)
        for channel in range(3):
            assert any((step[channel] * sign >= -1e-6).all() for step in steps for sign in (1, -1))
        assert picture.std() > 0


def test_noise_has_grains_of_several_sizes():
    fields = noise_fields(torch.device("cpu"))
    assert fields.shape == (len(NOISE_SCALES), NOISE_SIDE, NOISE_SIDE)
    rough = [float((field - field.roll(1, 0)).abs().mean()) for field in fields]
    assert rough == sorted(rough, reverse=True)
    seams = [(field[0] - field[-1]).abs().mean() for field in fields]
    assert all(seam < 2 * step for seam, step in zip(seams, rough))


def test_any_ground_has_all_kinds():
    found = sample_background("any", CounterRNG([0], torch.arange(100)), SIZE)
    white = found.eq(1).flatten(1).all(1).float().mean()
    plain = found.flatten(2).std(2).amax(1).lt(1e-6).float().mean()
    assert 0.1 < white < 0.4 and 0.3 < plain < 0.7


def test_up_to_so_many_shapes_are_strewn():
    white = torch.ones(100, 3, 40, 40)
    found = add_distractors(white, CounterRNG([0], torch.arange(100)), 3)
    covered = found.ne(1).any(1).flatten(1).float().mean(1)
    assert 0.1 < covered.eq(0).float().mean() < 0.45  # a quarter has none
    assert covered.max() < 3 * 0.34**2 + 0.01
    assert add_distractors(white, CounterRNG([0], torch.arange(100)), 0).equal(white)
