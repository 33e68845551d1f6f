"""Circles of all masks and points at once are those that OpenCV computes one by one."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from triptych.multitask.structures.geometry import mask_to_circle
from triptych.multitask.structures.points import smallest_circle as module
from triptych.multitask.structures.points.smallest_circle import enclosing_circles, smallest_circles

SHARES = (0.002, 0.01, 0.3, 1.0)
ON_THE_RIM = 32


def around_a_rim(count: int) -> Tensor:
    """Sets of points about a circle, as the keypoints of a head lie."""
    chance = torch.Generator().manual_seed(0)
    angle = torch.rand(count, ON_THE_RIM, generator=chance) * 2 * torch.pi
    points = torch.stack([14 + 9 * angle.cos(), 14 + 9 * angle.sin()], 2)
    return points + torch.randn(points.shape, generator=chance) * 0.1


def by_opencv(points: Tensor) -> np.ndarray:
    circles = [cv2.minEnclosingCircle(each) for each in points.numpy()]
    return np.array([[*center, radius] for center, radius in circles])


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
    expected = by_opencv(some)
    assert smallest_circles(some).numpy() == pytest.approx(expected, abs=1e-3)
    triples = some.double().gather(1, module._all_triples(some.double())[..., None].expand(1, 3, 2))
    assert smallest_circles(triples).numpy() == pytest.approx(expected, abs=1e-3)


def test_three_points_of_a_blunt_triangle_have_the_circle_of_two():
    circle = smallest_circles(torch.tensor([[[0.0, 0.0], [10.0, 0.0], [5.0, 1.0]]]))
    assert circle.tolist() == [[5.0, 0.0, 5.0]]


def test_circles_around_points_on_a_rim_are_found_with_and_without_a_loop(
    monkeypatch: pytest.MonkeyPatch,
):
    points = around_a_rim(50)
    circles = smallest_circles(points)
    assert circles.numpy() == pytest.approx(by_opencv(points), abs=2e-4)  # OpenCV adds 1e-4
    monkeypatch.setattr(module, "is_exporting", lambda: True)
    assert torch.allclose(smallest_circles(points), circles, atol=1e-5)


def test_a_rounding_error_of_the_points_moves_no_circle():
    points = around_a_rim(300)
    moved = points + torch.randn(points.shape, generator=torch.Generator().manual_seed(1)) * 1e-5
    assert (smallest_circles(moved) - smallest_circles(points)).abs().max() < 1e-3


@pytest.mark.parametrize("points", [[[3.0, 4.0]] * 5, [[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]]])
def test_degenerate_sets_have_finite_gradients(points: list):
    places = torch.tensor([points], requires_grad=True)
    smallest_circles(places).sum().backward()
    assert places.grad is not None and places.grad.isfinite().all()


def test_the_gradient_of_the_radius_is_that_of_its_definition():
    points = around_a_rim(3).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda some: smallest_circles(some)[:, 2], points, eps=1e-7)
