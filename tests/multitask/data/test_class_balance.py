"""Unequal classes: numbers worked by hand."""

import pytest
import torch

from triptych.multitask.data.class_balance import (
    class_weights,
    describe_balance,
    draw_balanced,
    very_unequal,
)


def test_weights_go_with_the_inverse_square_root_and_have_a_mean_of_one():
    counts = torch.tensor([1, 4, 0, 9])  # roots add up to 6, images to 14
    weights = class_weights(counts)
    assert weights.tolist() == pytest.approx([14 / 6, 14 / 12, 1, 14 / 18])
    assert (weights * counts).sum().item() == pytest.approx(14)
    assert class_weights(torch.tensor([5, 5])).tolist() == pytest.approx([1, 1])
    assert class_weights(torch.tensor([0, 0])).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("counts", "unequal"),
    [([9, 91], True), ([10, 100], False), ([0, 5], False), ([0, 0], False), ([1, 11, 0], True)],
)
def test_less_than_a_tenth_is_very_unequal(counts: list[int], unequal: bool):
    assert very_unequal(torch.tensor(counts)) == unequal


def test_each_class_is_drawn_as_often_and_unknown_ones_as_before():
    numbers = torch.tensor([0] * 900 + [2] * 60 + [-1] * 240).repeat(50)  # class 1 has no images
    drawn = draw_balanced(numbers, [0, 6, 0])
    assert len(drawn) == len(numbers)
    shares = torch.bincount(numbers[drawn] + 1) / len(numbers)
    assert shares.tolist() == pytest.approx([0.2, 0.4, 0, 0.4], abs=0.01)
    assert torch.equal(drawn, draw_balanced(numbers, [0, 6, 0]))
    assert not torch.equal(drawn, draw_balanced(numbers, [0, 6, 1]))


def test_without_known_classes_all_images_are_drawn_alike():
    drawn = draw_balanced(torch.full((10_000,), -1), [0])
    assert drawn.min() >= 0 and drawn.max() < 10_000
    assert drawn.double().mean().item() == pytest.approx(5000, rel=0.03)


def test_what_is_done_is_one_line():
    assert describe_balance(torch.tensor([1204, 0, 3]), "weights") == (
        "Classes are unequal: 3 … 1,204 images each; rarer ones weigh more (--balance none leaves "
        "that out)."
    )
    assert "drawn more often" in describe_balance(torch.tensor([1, 2]), "sampling")
    assert "nothing to balance" in describe_balance(torch.tensor([7, 7]), "weights")
