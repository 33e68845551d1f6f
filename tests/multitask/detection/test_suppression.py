"""Suppression gives what the greedy rule gives, one object after another."""

import numpy as np
import pytest
import torch

from triptych.multitask.detection.suppression import non_maximum_suppression
from triptych.multitask.structures.geometry import box_iou, circle_iou


def greedy(shapes, classes, valid, iou, threshold) -> list[bool]:
    kept: list[int] = []
    for number in range(len(shapes)):
        doubles = [
            other
            for other in kept
            if classes[other] == classes[number]
            and float(iou(shapes[other : other + 1], shapes[number : number + 1])) > threshold
        ]
        if valid[number] and not doubles:
            kept.append(number)
    return [number in kept for number in range(len(shapes))]


@pytest.mark.parametrize("shape", ["boxes", "circles"])
def test_it_is_the_greedy_rule_of_each_image(shape: str):
    rng = np.random.default_rng(0)
    place = torch.tensor(rng.uniform(0, 40, (6, 40, 2)), dtype=torch.float32)
    size = torch.tensor(rng.uniform(5, 25, (6, 40, 2)), dtype=torch.float32)
    if shape == "boxes":
        shapes, iou = torch.cat([place, place + size], 2), box_iou
    else:
        shapes, iou = torch.cat([place, size[..., :1]], 2), circle_iou
    classes = torch.tensor(rng.integers(0, 2, (6, 40)))
    valid = torch.tensor(rng.random((6, 40)) < 0.9)
    kept = non_maximum_suppression(shapes, classes, valid, iou=iou, threshold=0.4)
    for image in range(6):
        expected = greedy(shapes[image], classes[image], valid[image], iou, 0.4)
        assert kept[image].tolist() == expected
    assert 0 < int(kept.sum()) < int(valid.sum())


def test_one_that_is_suppressed_suppresses_no_other():
    """The second overlaps the first and the third; these two do not overlap."""
    boxes = torch.tensor([[[0.0, 0, 10, 10], [4.0, 0, 14, 10], [8.0, 0, 18, 10]]])
    classes, valid = torch.zeros(1, 3, dtype=torch.long), torch.ones(1, 3, dtype=torch.bool)
    kept = non_maximum_suppression(boxes, classes, valid, iou=box_iou, threshold=0.3)
    assert kept.tolist() == [[True, False, True]]
