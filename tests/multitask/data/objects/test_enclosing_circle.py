"""Circles of all masks at once are those that OpenCV computes one by one."""

import cv2
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from triptych.multitask.data.objects.enclosing_circle import enclosing_circles, smallest_circles
from triptych.multitask.structures.geometry import mask_to_circle

SHARES = (0.002, 0.01, 0.3, 1.0)


@pytest.mark.parametrize("size", [(24, 24), (7, 31), (40, 9)], ids=str)
def test_circles_of_masks_are_those_of_opencv(size: tuple[int, int]):
    chance = torch.Generator().manual_seed(0)
    masks = torch.cat([torch.rand(60, *size, generator=chance) < share for share in SHARES])
    masks[:2] = False
    assert torch.allclose(enclosing_circles(masks), mask_to_circle(masks), atol=1e-3)
    assert not enclosing_circles(masks[:2]).any()


def test_no_masks_have_no_circles():
    assert enclosing_circles(torch.zeros(0, 5, 5, dtype=torch.bool)).shape == (0, 3)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=12))
def test_any_points_even_on_a_line_or_the_same_have_their_circle(points: list[tuple[int, int]]):
    some = torch.tensor([points], dtype=torch.float32)
    x, y, radius = smallest_circles(some)[0].tolist()
    center, expected = cv2.minEnclosingCircle(some[0].numpy())
    assert (x, y, radius) == pytest.approx((*center, expected), abs=1e-3)


def test_three_points_of_a_blunt_triangle_have_the_circle_of_two():
    circle = smallest_circles(torch.tensor([[[0.0, 0.0], [10.0, 0.0], [5.0, 1.0]]]))
    assert circle.tolist() == [[5.0, 0.0, 5.0]]
