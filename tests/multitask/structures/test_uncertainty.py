"""How unsure a model is of what it says: worked by hand."""

import numpy as np
import pytest
import torch

from triptych.multitask.heads.semantic import SemanticHead
from triptych.multitask.structures.annotations import (
    Annotation,
    BinaryMask,
    BoundingBox,
    Circle,
    ClassLabel,
    SemanticMap,
)
from triptych.multitask.structures.detections import DetectedObject, Detections
from triptych.multitask.structures.info import DatasetInfo
from triptych.multitask.structures.uncertainty import expected_iou, uncertainty_of


def scores(*values: float) -> Detections:
    return Detections(tuple(DetectedObject(Circle(5, 5, 2), "cell", value) for value in values))


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (ClassLabel("cat", 0.6, (("dog", 0.3), ("cow", 0.1))), 0.7),
        (ClassLabel("cat", 1.0, (("dog", 0.0),)), 0.0),
        (ClassLabel("cat", 0.5, (("dog", 0.5),)), 1.0),
        (BinaryMask(np.array([[1, 0.75, 0.25, 0]])), 1 - 1.75 / 2.25),
        (BinaryMask(np.array([[1.0, 1, 0, 0]])), 0.0),
        (BinaryMask(np.zeros((2, 2))), 0.0),
        (BinaryMask(np.array([[0.4, 0.1]])), 0.8),
        (scores(0.9, 0.6), (0.2 + 0.8) / 2),
        (scores(), 0.5),
        (SemanticMap(np.zeros((1, 1), int), ("background", "a"), 0.75), 0.25),
        (SemanticMap(np.zeros((1, 1), int), ("background", "a")), None),
        (BoundingBox(0, 0, 1, 1), None),
        (Circle(5, 5, 1), None),
        (ClassLabel("cat", float("nan")), 1.0),
    ],
)
def test_each_kind_of_annotation(annotation: Annotation, expected: float | None):
    assert uncertainty_of(annotation) == pytest.approx(expected)


def test_a_softer_border_is_less_sure():
    distance = np.abs(np.arange(-20, 21)[None, :] + np.zeros((9, 1)))
    masks = [1 / (1 + np.exp((distance - 10.5) * steepness)) for steepness in (5, 1, 0.3)]
    doubts = [1 - expected_iou(mask) for mask in masks]
    assert doubts == sorted(doubts)
    assert doubts[0] < 0.02 < 0.2 < doubts[-1]


def test_the_semantic_head_promises_the_overlap_of_its_things():
    info = DatasetInfo("spots", 1, 1, 4, ("semantic",), classes=("a", "b"))
    head = object.__new__(SemanticHead)
    torch.nn.Module.__init__(head)
    head.names = info.semantic_classes
    # of four pixels: class a with 0.8, class b with 0.6, background with 0.9, background with 1
    probability = torch.tensor(
        [[0.1, 0.2, 0.9, 1 - 2e-7], [0.8, 0.2, 0.05, 1e-7], [0.1, 0.6, 0.05, 1e-7]]
    )
    (said,) = head.decode(probability.log().reshape(1, 3, 1, 4))
    assert isinstance(said, SemanticMap)
    assert said.classes.tolist() == [[1, 2, 0, 0]]
    assert said.expected_iou == pytest.approx((0.8 + 0.6) / (2 + 0.1), abs=1e-5)
    (nothing,) = head.decode(probability[:, 2:].log().reshape(1, 3, 1, 2))
    assert isinstance(nothing, SemanticMap)
    assert nothing.expected_iou == pytest.approx(2 * 0.9 - 1, abs=1e-5)
