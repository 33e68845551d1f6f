"""Logits at the size of the image, and of the mean of two views."""

import torch

from triptych.multitask.heads._dense import mean_log_probability, resize_logits


def test_logits_of_the_right_size_are_left_alone():
    logits = torch.rand(2, 3, 8, 6)
    assert resize_logits(logits, (8, 6)) is logits


def test_coarser_logits_are_interpolated():
    rows = torch.arange(4.0)[None, None, :, None].expand(2, 3, 4, 3)
    resized = resize_logits(rows, (8, 6))
    assert resized.shape == (2, 3, 8, 6)
    assert resized[0, 0, :, 0].tolist() == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]


def test_the_mean_is_of_probabilities_and_not_of_logits():
    first, second = torch.tensor([[9.0, 0.0, 0.0]]), torch.tensor([[0.0, 2.0, -1.0]])
    mean = mean_log_probability(first, second).softmax(1)
    assert torch.allclose(mean, (first.softmax(1) + second.softmax(1)) / 2, atol=1e-6)


def test_extreme_logits_stay_finite():
    first, second = torch.tensor([[1e4, -1e4]]), torch.tensor([[-1e4, 1e4]])
    mean = mean_log_probability(first, second)
    assert torch.allclose(mean.softmax(1), torch.tensor([[0.5, 0.5]]))
