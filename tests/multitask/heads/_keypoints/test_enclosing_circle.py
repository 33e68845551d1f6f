"""The smallest circle around points, against OpenCV's."""

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from triptych.multitask.heads._keypoints.enclosing_circle import smallest_enclosing_circle


def smallest(points: Tensor) -> np.ndarray:
    circles = [cv2.minEnclosingCircle(each) for each in points.detach().numpy()]
    return np.array([[*center, radius] for center, radius in circles])


def test_circles_around_points_on_a_rim_are_found():
    angle = torch.rand(16, 32) * 2 * torch.pi
    points = torch.stack([14 + 9 * angle.cos(), 14 + 9 * angle.sin()], 2)
    assert smallest_enclosing_circle(points).numpy() == pytest.approx(smallest(points), abs=0.15)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([[3.0, 4.0]] * 5, (3, 4, 0)),
        ([[0.0, 0.0], [4.0, 0.0]], (2, 0, 2)),
        ([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]], (2, 0, 2)),
    ],
)
def test_degenerate_sets_have_their_circle_and_slopes(points: list, expected: tuple):
    places = torch.tensor([points], requires_grad=True)
    circle = smallest_enclosing_circle(places)
    assert circle[0].tolist() == pytest.approx(expected, abs=2e-3)
    circle.sum().backward()
    assert places.grad is not None and places.grad.isfinite().all()
