"""Angles between known gradients, and how often they are measured."""

import pytest
import torch

from triptych.multitask.balancing.diagnostics import compare_gradients, is_due, measured_each


def test_cosines_and_norms_of_known_gradients():
    gradients = torch.tensor([[3.0, 4.0], [-6.0, -8.0], [4.0, -3.0]])
    figures = compare_gradients(gradients, {"a": 1.0, "b": 0.5, "c": 2.0})
    assert figures == pytest.approx(
        {
            **{"cosine/a+b": -1.0, "cosine/a+c": 0.0, "cosine/b+c": 0.0},
            **{"norm/a": 5.0, "norm/b": 5.0, "norm/c": 10.0},
        }
    )


def test_a_head_without_a_gradient_is_left_out():
    gradients = torch.tensor([[3.0, 4.0], [0.0, 0.0], [1.0, 0.0], [torch.nan, 0.0]])
    figures = compare_gradients(gradients, dict.fromkeys("abcd", 1.0))
    assert figures == pytest.approx({"cosine/a+c": 0.6, "norm/a": 5.0, "norm/c": 1.0})


@pytest.mark.parametrize("heads", [2, 4, 9])
def test_measuring_takes_a_fiftieth_of_the_backward_and_forward_passes_at_most(heads: int):
    each = measured_each(heads, 1000)
    passes = heads * 2 / 3 * sum(is_due(number, each) for number in range(6000))
    assert 0 < passes <= 0.02 * 6000


def test_a_long_training_has_no_more_points_than_a_curve_needs():
    each = measured_each(4, 1_000_000)
    assert sum(is_due(number, each) for number in range(1_000_000)) == 200
