import torch

from triptych.multitask.detection.pairwise import pairwise_containment, pairwise_iou
from triptych.multitask.heads.boxes import BoxesHead
from triptych.multitask.heads.circles import CirclesHead
from triptych.multitask.structures.geometry import box_iou

BOXES = torch.tensor([[[0.0, 0, 10, 10], [0.0, 0, 5, 10]]])


def test_every_pair_of_an_image_is_compared():
    iou = pairwise_iou(box_iou, BOXES, BOXES[:, :1])
    assert iou.tolist() == [[[1.0], [0.5]]]


def test_containment_is_a_share_of_the_first():
    inside = pairwise_containment(BoxesHead.geometry, BOXES, BOXES)
    assert torch.allclose(inside, torch.tensor([[[1.0, 0.5], [1.0, 1.0]]]))


def test_a_small_circle_in_a_large_one_is_all_in_it():
    circles = torch.tensor([[[0.0, 0, 10], [3.0, 0, 2]]])
    inside = pairwise_containment(CirclesHead.geometry, circles, circles)
    assert torch.allclose(inside, torch.tensor([[[1.0, 0.04], [1.0, 1.0]]]), atol=1e-4)
