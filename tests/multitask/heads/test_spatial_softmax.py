"""Places on maps, and the smallest circle around places."""

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from triptych.multitask.heads._spatial_softmax import Places, enclosing


def smallest(points: Tensor) -> np.ndarray:
    circles = [cv2.minEnclosingCircle(each) for each in points.detach().numpy()]
    return np.array([[*centre, radius] for centre, radius in circles])


def test_circles_around_points_on_a_rim_are_found():
    angle = torch.rand(16, 32) * 2 * torch.pi
    points = torch.stack([14 + 9 * angle.cos(), 14 + 9 * angle.sin()], 2)
    assert enclosing(points).numpy() == pytest.approx(smallest(points), abs=0.15)


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
    circle = enclosing(places)
    assert circle[0].tolist() == pytest.approx(expected, abs=2e-3)
    circle.sum().backward()
    assert places.grad is not None and places.grad.isfinite().all()


def test_places_are_inside_the_image_and_follow_its_stride():
    torch.manual_seed(0)
    maps = torch.randn(2, 5, 8, 6)
    fine, coarse = (Places(5, 12, stride)(maps) for stride in (1, 4))
    for points, stride in ((fine, 1), (coarse, 4)):
        assert points.shape == (2, 12, 2)
        assert (points > 0).all() and (points < torch.tensor([6.0, 8.0]) * stride).all()


def test_places_learn_to_be_where_something_is():
    torch.manual_seed(0)
    places = Places(2, 3, stride=2)
    optimizer = torch.optim.Adam(places.parameters(), lr=0.3)
    for _ in range(60):
        row, column = torch.randint(0, 10, (2,)).tolist()
        maps = torch.zeros(1, 2, 10, 10)
        maps[0, :, row, column] = 1
        wanted = torch.tensor([2 * column + 1.0, 2 * row + 1.0])
        error = (places(maps) - wanted).abs().mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    assert error < 0.5
