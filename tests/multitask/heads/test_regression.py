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


def test_intervals_are_told_once_there_were_images_enough_to_fit_them():
    head = BoxHead(INFO, LEVELS)
    said = torch.tensor([[10.0, 10.0, 20.0, 20.0]])
    assert head.decode_intervals(said) is None and not head.calibration_metrics()
    true = said + torch.arange(1.0, 10.0)[:, None] * torch.tensor([-0.1, 0.2, 0.0, 0.0])
    many = said.expand(9, 4)
    head.fit_decision([head.decision_evidence(many[:8], true[:8])])
    assert head.decode_intervals(said) is None  # 9 are the fewest that tell 90 %
    head.fit_decision([head.decision_evidence(many, true)])
    (interval,) = head.decode_intervals(said) or []
    # the ninth had to grow by 0.9 and to shrink by 1.8
    assert interval.to_dict()["outer"] == {"left": 9.1, "top": 9.1, "right": 20.9, "bottom": 20.9}
    assert interval.to_dict()["inner"] == {"left": 11.8, "top": 11.8, "right": 18.2, "bottom": 18.2}
    coverage = head.calibration_metrics()
    assert {*coverage} == {"outer_coverage", "inner_coverage"}
    for metric in coverage.values():
        metric.update(many, true)
        assert float(metric.compute()) == 1


def test_an_inner_shape_of_which_nothing_is_left_is_none():
    head = CircleHead(INFO, LEVELS)
    head.margins.copy_(torch.tensor([0.5, 1.2]))
    (interval,) = head.decode_intervals(torch.tensor([[5.0, 6.0, 2.0]])) or []
    assert interval.inner is None and interval.outer == Circle(5, 6, 3)
