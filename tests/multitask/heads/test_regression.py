"""What box and circle share: a loss that is worked by hand."""

import pytest
import torch

from triptych.backbones._backbone import FeatureInfo
from triptych.multitask import Batch, BoundingBox, Circle, DatasetInfo
from triptych.multitask.heads.box import BoxHead
from triptych.multitask.heads.circle import CircleHead

INFO = DatasetInfo("x", 1, 50, 100, ("box", "circle"))
LEVELS = [FeatureInfo(4, 1)]


def test_lengths_are_in_units_of_the_longer_side():
    assert BoxHead(INFO, LEVELS).image_size == CircleHead(INFO, LEVELS).image_size == 100


def test_the_loss_is_smooth_l1_and_1_minus_iou():
    head = BoxHead(INFO, LEVELS)
    target = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
    output = torch.tensor([[0.0, 0.0, 10.0, 20.0]])
    # one of four sides is off by 0.1 image sides: 0.1 − β/2 = 0.09; half of the union is shared
    assert float(head.loss(output, target)) == pytest.approx(5 * 0.09 / 4 + 0.5)
    assert float(head.loss(target, target)) == 0


def test_numbers_are_decoded_in_their_order():
    box, circle = BoxHead(INFO, LEVELS), CircleHead(INFO, LEVELS)
    assert box.decode(torch.tensor([[1.0, 2.0, 3.0, 4.0]])) == [BoundingBox(1, 2, 3, 4)]
    assert circle.decode(torch.tensor([[1.0, 2.0, 3.0]])) == [Circle(1, 2, 3)]


def test_the_ground_truth_is_the_target_decoded():
    circles = torch.tensor([[5.0, 6.0, 2.0]])
    batch = Batch.of(torch.rand(1, 1, 50, 100), torch.arange(1), circle=circles)
    head = CircleHead(INFO, LEVELS)
    assert head.target(batch) is circles
    assert head.ground_truth(batch) == [Circle(5, 6, 2)]
