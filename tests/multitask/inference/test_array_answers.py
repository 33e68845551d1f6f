"""Arrays become the annotations that they mean, and others are refused."""

import numpy as np
import pytest

from triptych.multitask.inference.array_answers import annotations_of
from triptych.multitask.inference.model_card import HeadCard, ModelCard
from triptych.multitask.structures.annotations import BoundingBox, ClassLabel
from triptych.multitask.structures.detections import DetectedObject, Detections
from triptych.multitask.structures.info import DatasetInfo

INFO = DatasetInfo("drawn", 3, 4, 5, ("label",))
CLASSES = ("cat", "dog", "owl", "cow")


def card(kind: str) -> ModelCard:
    return ModelCard(INFO, ("a",), {"a": HeadCard(kind, (0, 0, 0), CLASSES)})  # type: ignore[arg-type]


def test_the_three_most_probable_classes_are_told():
    row = np.array([[0.125, 0.5, 0.0, 0.375]], np.float32)
    (label,) = annotations_of(card("classes"), {"a.probabilities": row}, 1)["a"]
    assert label == ClassLabel("dog", 0.5, (("cow", 0.375), ("cat", 0.125)))


def test_objects_that_are_sure_are_told():
    answers = {
        "a": np.array([[[0, 1, 2, 3], [4, 5, 6, 7.0]]]),
        "a.classes": np.array([[2, -1]]),
        "a.scores": np.array([[0.75, 0.0]]),
        "a.sure": np.array([[True, False]]),
    }
    (found,) = annotations_of(card("boxes"), answers, 1)["a"]
    assert found == Detections((DetectedObject(BoundingBox(0, 1, 2, 3), "owl", 0.75),))
    with pytest.raises(ValueError, match="without a name"):
        annotations_of(card("boxes"), {**answers, "a.sure": np.array([[True, True]])}, 1)
    with pytest.raises(ValueError, match="expected numbers"):
        annotations_of(card("boxes"), {**answers, "a.scores": np.zeros((1, 3))}, 1)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("mask", np.zeros((1, 5, 4))),
        ("mask", np.full((1, 4, 5), np.nan)),
        ("semantic", np.full((1, 4, 5), 4)),
        ("box", np.zeros((1, 3))),
        ("circle", np.zeros((2, 3))),
    ],
    ids=str,
)
def test_other_shapes_and_numbers_are_refused(kind: str, value: np.ndarray):
    with pytest.raises(ValueError, match=r"expected numbers|without a name"):
        annotations_of(card(kind), {"a": value}, 1)
