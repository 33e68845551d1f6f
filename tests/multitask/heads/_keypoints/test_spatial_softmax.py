"""Keypoints lie within the image and learn to be where something is."""

import torch

from triptych.multitask.heads._keypoints.spatial_softmax import SpatialSoftmax


def test_keypoints_are_inside_the_image_and_follow_its_stride():
    torch.manual_seed(0)
    maps = torch.randn(2, 5, 8, 6)
    fine, coarse = (SpatialSoftmax(5, 12, stride)(maps) for stride in (1, 4))
    for points, stride in ((fine, 1), (coarse, 4)):
        assert points.shape == (2, 12, 2)
        assert (points > 0).all() and (points < torch.tensor([6.0, 8.0]) * stride).all()


def test_keypoints_learn_to_be_where_something_is():
    torch.manual_seed(0)
    keypoints = SpatialSoftmax(2, 3, stride=2)
    optimizer = torch.optim.Adam(keypoints.parameters(), lr=0.3)
    for _ in range(60):
        row, column = torch.randint(0, 10, (2,)).tolist()
        maps = torch.zeros(1, 2, 10, 10)
        maps[0, :, row, column] = 1
        wanted = torch.tensor([2 * column + 1.0, 2 * row + 1.0])
        error = (keypoints(maps) - wanted).abs().mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    assert error < 0.5
