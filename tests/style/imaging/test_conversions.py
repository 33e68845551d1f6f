"""Arrays as tensors and back: nothing is lost, and what is no RGB is refused."""

import numpy as np
import pytest
import torch

from triptych.style.imaging.conversions import to_tensor, to_uint8


def test_pixels_come_back_as_they_were() -> None:
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    np.testing.assert_array_equal(to_uint8(to_tensor(every)), every)
    assert to_tensor(every).is_contiguous()


def test_channels_are_first_and_values_0_to_1() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 2] = (255, 51, 0)
    image = to_tensor(pixels)
    assert image.shape == (1, 3, 2, 3)
    assert image[0, :, 0, 2].tolist() == pytest.approx([1.0, 0.2, 0.0])


def test_values_beyond_the_range_are_clipped() -> None:
    image = torch.tensor([-0.5, 0.5, 1.5]).view(1, 3, 1, 1)
    assert to_uint8(image).tolist() == [[[0, 128, 255]]]
