"""Logits at the size of the image."""

import torch

from triptych.multitask.heads._dense import resize_logits


def test_logits_of_the_right_size_are_left_alone():
    logits = torch.rand(2, 3, 8, 6)
    assert resize_logits(logits, (8, 6)) is logits


def test_coarser_logits_are_interpolated():
    rows = torch.arange(4.0)[None, None, :, None].expand(2, 3, 4, 3)
    resized = resize_logits(rows, (8, 6))
    assert resized.shape == (2, 3, 8, 6)
    assert resized[0, 0, :, 0].tolist() == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
