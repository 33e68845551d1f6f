"""Differences are told as they are, and what is too large is a breach."""

import numpy as np
import pytest
import torch

from triptych.multitask.deployment.agreement import (
    Agreement,
    _difference,
    _objects_apart,
    less_probable,
)


def found(shapes: list, classes: list, scores: list) -> dict[str, np.ndarray]:
    return {
        "": np.array(shapes, float).reshape(-1, 4),
        "classes": np.array(classes),
        "scores": np.array(scores),
        "sure": np.array(scores) > 0.3,
    }


def test_a_difference_beyond_the_tolerance_is_a_breach():
    told = Agreement(differences={"box": 2e-4, "mask": 1e-5}, metrics={"box/iou": 0.9})
    told.exported = {"box/iou": 0.88}
    assert told.breaches() == [
        "box differs by 0.0002, at most 0.0001",
        "box/iou changes by -0.02, at most 0.001",
    ]


def test_a_format_may_be_less_exact():
    told = Agreement(differences={"circle": 2e-3}, tolerance=5e-3)
    assert not told.breaches()
    told.tolerance = 1e-3
    assert told.breaches() == ["circle differs by 0.002, at most 0.001"]


def test_what_is_no_number_and_a_lost_metric_are_breaches():
    told = Agreement(differences={"box": float("nan")}, metrics={"box/iou": 0.9})
    assert len(told.breaches()) == 2


def test_objects_are_compared_in_whatever_order_they_come():
    boxes, other = [0, 0, 8, 8], [4, 4, 20, 20]
    one = found([boxes, other], [0, 1], [0.9, 0.9])
    assert _objects_apart(one, found([other, boxes], [1, 0], [0.9, 0.9]), 100) == 0
    moved = found([[0, 0, 9, 8], other], [0, 1], [0.9, 0.9])
    assert _objects_apart(one, moved, 100) == pytest.approx(0.01)
    assert _objects_apart(one, found([boxes, other], [0, 0], [0.9, 0.9]), 100) >= 1
    assert _objects_apart(one, found([boxes], [0], [0.9]), 100) >= 1
    assert _objects_apart(found([], [], []), one, 100) >= 1


def test_objects_that_are_not_sure_may_be_others():
    weak = found([[0, 0, 8, 8]], [0], [0.2])
    assert _objects_apart(weak, found([], [], []), 100) == 0
    edge = found([[0, 0, 8, 8]], [0], [0.30001])  # sure here, and in the other list not
    assert _objects_apart(edge, found([[0, 0, 8, 8]], [0], [0.3]), 100) == pytest.approx(1e-5)
    assert _objects_apart(edge, found([[0, 0, 8, 8]], [1], [0.3]), 100) >= 1


def test_boxes_are_measured_by_the_side_of_the_image_and_masks_as_they_are():
    one, other = {"a": np.zeros((2, 4))}, {"a": np.array([[0, 0, 0, 5.0], [0, 0, 0, 0]])}
    assert _difference("box", "a", one, other, 50).tolist() == [0.1, 0]
    assert _difference("mask", "a", one, other, 50).tolist() == [5, 0]


def test_another_class_counts_by_how_much_less_probable_it_is():
    shares = torch.tensor([[0.5, 0.5 - 1e-6], [0.7, 0.3]])  # of both classes, a pixel an image
    output = shares.log().reshape(2, 2, 1, 1)
    assert less_probable(output, np.array([0, 0]).reshape(2, 1, 1)).tolist() == [0, 0]
    apart = less_probable(output, np.array([1, 1]).reshape(2, 1, 1))
    assert apart == pytest.approx([1e-6, 0.4], abs=1e-6)
