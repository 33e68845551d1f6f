"""Landmarks by regression trees: a cascade small enough to be worked by hand."""

import numpy as np

from triptych.faces.detection.shape_predictor import ShapePredictor, linear_part


def predictor() -> ShapePredictor:
    """Two landmarks, and one tree of depth 1: where the first place is brighter than the second by
    more than 10, both move a tenth of the box to the right, else a fifth down."""
    right, down = [[0.1, 0.0], [0.1, 0.0]], [[0.0, 0.2], [0.0, 0.2]]
    return ShapePredictor(
        initial_shape=np.array([[0.2, 0.5], [0.8, 0.5]], np.float32),
        anchors=np.array([[0, 1]]),
        offsets=np.zeros((1, 2, 2), np.float32),
        compared=np.array([[[[0, 1]]]]),
        thresholds=np.array([[[10.0]]], np.float32),
        moves=np.array([[[right, down]]], np.float32),
    )


def test_a_tree_moves_landmarks_by_what_it_sees():
    bright_left = np.zeros((21, 21), np.float32)
    bright_left[:, :10] = 100
    shapes = predictor()(np.stack([bright_left, bright_left[:, ::-1]]), (0, 0, 21))
    assert np.allclose(shapes[0], [[6, 10], [18, 10]], atol=1e-4)
    assert np.allclose(shapes[1], [[4, 14], [16, 14]], atol=1e-4)


def test_a_box_moves_and_scales_what_is_found():
    small = np.zeros((11, 11), np.float32)
    small[:, :5] = 100
    padded = np.pad(small, ((3, 9), (7, 2)))
    alone = predictor()(small[None], (0, 0, 11))
    moved = predictor()(padded[None], (7, 3, 11))
    assert np.allclose(moved - alone, [7, 3], atol=1e-4)


def test_places_outside_the_picture_are_black():
    grey = np.full((1, 21, 21), 100, np.float32)
    # the second place lies to the right of the picture, so the first is brighter
    shapes = predictor()(grey, (10, 0, 21))
    assert np.allclose(shapes[0, 0] - [14, 10], [2, 0], atol=1e-4)


def test_a_pose_is_a_rotation_and_a_scale():
    source = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    turned = np.stack([2 * source @ np.array([[0, 1], [-1, 0]], np.float32), source + 5])
    matrices = linear_part(source, turned.astype(np.float32))
    assert np.allclose(matrices[0], [[0, -2], [2, 0]], atol=1e-6)
    assert np.allclose(matrices[1], np.eye(2), atol=1e-6)
    assert np.allclose((source @ matrices[0].T), turned[0], atol=1e-6)
