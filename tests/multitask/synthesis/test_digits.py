import pytest
import torch
from torch import Tensor

from triptych.frame.rng import CounterRNG
from triptych.multitask.synthesis.digits import render_batch, render_digits, truncated_normal


@pytest.fixture(scope="module")
def digits() -> Tensor:
    """A hundred of each digit: (10, 100, 28, 28)."""
    return render_digits(torch.arange(10).repeat_interleave(100), (5,)).view(10, 100, 28, 28)


def test_a_digit_does_not_depend_on_the_batch_it_is_drawn_in():
    labels, indices = torch.arange(10), torch.arange(40, 50)
    whole = render_batch(labels, CounterRNG((1,), indices))
    one = render_batch(labels[3:4], CounterRNG((1,), indices[3:4]))
    assert (whole[3:4].int() - one.int()).abs().max() <= 1


def test_another_seed_draws_other_digits():
    labels = torch.arange(10)
    first, second = render_digits(labels, (1, 0)), render_digits(labels, (1, 1))
    assert (first != second).flatten(1).any(1).all()


@pytest.mark.parametrize("digit", range(10))
def test_ink_fits_a_box_of_20_pixels(digits: Tensor, digit: int):
    for axis in (1, 2):
        inked = digits[digit].amax(axis) > 0
        first = inked.int().argmax(1)
        last = 27 - inked.flip(1).int().argmax(1)
        assert (last - first + 1).max() <= 20


@pytest.mark.parametrize("digit", range(10))
def test_the_center_of_mass_is_in_the_middle(digits: Tensor, digit: int):
    ink = digits[digit].double()
    for axis in (1, 2):
        middle = ink.sum(axis) @ torch.arange(28.0, dtype=torch.double) / ink.sum((1, 2))
        assert ((middle - 14).abs() <= 0.51).double().mean() > 0.9
        assert middle.mean() == pytest.approx(14, abs=0.2)


@pytest.mark.parametrize("digit", range(10))
def test_strokes_have_a_full_core_and_a_soft_rim(digits: Tensor, digit: int):
    ink = digits[digit]
    assert (ink.flatten(1).amax(1) > 150).all()
    assert 0.2 < (ink > 250).sum() / (ink > 0).sum() < 0.6


def test_bell_numbers_have_mean_0_and_deviation_1():
    numbers = truncated_normal(CounterRNG((3,), torch.arange(20_000)), "bell", 2)
    assert numbers.mean() == pytest.approx(0, abs=0.02)
    assert numbers.std() == pytest.approx(1, abs=0.02)


def test_rare_ways_of_writing_can_be_as_frequent_as_usual_ones():
    ones = torch.ones(300, dtype=torch.long)
    usual, even = (render_digits(ones, (7,), even=even) for even in (False, True))

    def with_foot(images: Tensor) -> float:
        """Ones whose lowest rows of ink are broad."""
        rows = (images > 60).sum(2)
        return float((rows.amax(1) > 9).float().mean())

    assert with_foot(even) > 1.5 * with_foot(usual) > 0
