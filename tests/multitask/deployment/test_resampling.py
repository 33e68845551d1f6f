"""Matrices resize as OpenCV does."""

import cv2
import numpy as np
import pytest
import torch

from triptych.frame.storage.letterbox import nearest_pixels
from triptych.multitask.deployment.resampling import Span, nearest_indices, resampling_weights


@pytest.mark.parametrize(("count", "to"), [(7, 7), (90, 31), (64, 32), (12, 55), (1, 9), (40, 1)])
def test_a_line_is_resampled_as_opencv_does(count: int, to: int):
    line = np.random.default_rng(count).random((1, count), np.float32)
    way = cv2.INTER_AREA if to < count else cv2.INTER_LINEAR
    expected = cv2.resize(line, (to, 1), interpolation=way)[0]
    weights = resampling_weights(Span.whole(to), Span.whole(count))
    np.testing.assert_allclose(weights.numpy() @ line[0], expected, atol=2e-6)


def test_pixels_outside_a_part_have_no_weights():
    number = torch.tensor(2.0, dtype=torch.float64)
    weights = resampling_weights(Span(9, number, number + 2), Span.whole(8))
    assert weights.sum(1).tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize(("count", "among"), [(4, 2), (2, 4), (101, 28), (28, 28)])
def test_the_nearest_pixel_is_that_of_the_letterbox(count: int, among: int):
    indices = nearest_indices(Span.whole(count), Span.whole(among))
    assert indices.tolist() == nearest_pixels(count, among).tolist()
