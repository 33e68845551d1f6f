"""Predictions as annotated images: each thing once, with its class and score."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask.active_learning.annotate import PredictionAnnotator
from triptych.multitask.inference.prediction import Prediction
from triptych.multitask.structures.annotated_image import AnnotatedImage
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
from triptych.multitask.structures.shapes import PixelMask

INFO = DatasetInfo(
    "images",
    3,
    64,
    64,
    ("label", "box", "circle", "mask", "attribute:hue.x"),
    classes=("cat", "dog"),
    head_names={"label": "animal", "attribute:hue.x": "hue_x"},
    extra={"attributes": {"hue.x": ["red", "blue"]}},
)
PIXELS = np.zeros((30, 40, 3), np.uint8)
MASK = np.zeros((30, 40), bool)
MASK[5:10, 7:9] = True
ANSWERS: dict[str, Annotation] = {
    "animal": ClassLabel("dog", 0.81239, (("cat", 0.18761),)),
    "box": BoundingBox(1.23456, 2, 20, 25),
    "circle": Circle(10, 12, 8.5),
    "mask": BinaryMask(MASK.astype(np.float32)),
    "hue_x": ClassLabel("blue", 0.9, (("red", 0.1),)),
}


def annotated(
    heads: Sequence[str],
    *objects: dict[str, Annotation],
    shape: str | None = None,
    info: DatasetInfo = INFO,
    **more: Any,
) -> AnnotatedImage:
    prediction = Prediction("in/a b.png", PIXELS, objects, False, **more)
    return PredictionAnnotator(info, tuple(heads), shape).annotated(prediction)


def test_a_single_thing_has_one_shape_and_the_class_of_the_image():
    heads = ("label", "box", "circle", "mask", "attribute:hue.x")
    image = annotated(heads, ANSWERS, uncertainty=0.25)
    assert image.file.is_absolute() and image.file.name == "a b.png"
    assert (image.width, image.height, image.score) == (40, 30, 0.75)
    assert (image.label, image.attributes) == (None, {"hue.x": "blue"})
    assert image.objects is not None
    (thing,) = image.objects
    assert (thing.label, thing.score) == ("dog", 0.8124)
    assert isinstance(thing.shape, PixelMask)
    assert (thing.shape.left, thing.shape.top, thing.shape.pixels.shape) == (7, 5, (5, 2))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("box", BoundingBox(1.23, 2, 20, 25)), ("circle", Circle(10, 12, 8.5))],
)
def test_the_head_of_the_shape_can_be_chosen(shape: str, expected: object):
    image = annotated(("label", "box", "circle", "mask"), ANSWERS, shape=shape)
    assert image.objects is not None
    assert [thing.shape for thing in image.objects] == [expected]


def test_without_a_head_of_shapes_the_class_is_that_of_the_image():
    image = annotated(("label",), ANSWERS)
    assert (image.label, image.objects, image.score) == ("dog", None, None)


def test_all_classes_and_values_are_in_the_vocabulary():
    names = PredictionAnnotator(INFO, ("label", "attribute:hue.x")).vocabulary
    assert names.classes == ("cat", "dog")
    assert names.attributes == {"hue.x": ("red", "blue")}


def test_detections_are_written_once_though_two_heads_find_them():
    def found(*shapes: BoundingBox | Circle) -> Detections:
        return Detections(tuple(DetectedObject(one, "cat", 0.7) for one in shapes))

    answers: dict[str, Annotation] = {
        "animal": ClassLabel("dog", 0.8),
        "boxes": found(BoundingBox(1, 1, 9, 9), BoundingBox(20, 5, 30, 15)),
        "circles": found(Circle(5, 5, 4), Circle(99, 5, 4)),
    }
    image = annotated(("label", "circles", "boxes"), answers)
    assert image.objects is not None
    assert [thing.shape for thing in image.objects] == [
        BoundingBox(1, 1, 9, 9),
        BoundingBox(20, 5, 30, 15),
    ]
    assert {(thing.label, thing.score) for thing in image.objects} == {("cat", 0.7)}
    assert image.label == "dog"  # which is no class of one of the things
    image = annotated(("label", "circles", "boxes"), answers, shape="circles")
    assert image.objects is not None  # what lies beyond the image is none of its things
    assert [thing.shape for thing in image.objects] == [Circle(5, 5, 4)]


def test_a_semantic_map_is_an_object_a_class():
    classes = np.zeros((30, 40), int)
    classes[:3, :4], classes[20:, 30:] = 2, 1
    info = DatasetInfo("images", 3, 64, 64, ("semantic",), classes=("cat", "dog"))
    answers: dict[str, Annotation] = {"semantic": SemanticMap(classes, info.semantic_classes)}
    image = annotated(("semantic",), answers, info=info)
    assert image.objects is not None
    assert [thing.label for thing in image.objects] == ["cat", "dog"]
    places = [(thing.shape.left, thing.shape.top) for thing in image.objects]  # type: ignore[union-attr]
    assert places == [(30, 20), (0, 0)]


@pytest.mark.parametrize(
    "answers",
    [
        {"mask": BinaryMask(np.zeros((30, 40), np.float32))},
        {"box": BoundingBox(5, 5, 5.001, 9)},
        {"box": BoundingBox(40, 5, 60, 9)},
        {"circle": Circle(5, 5, -1)},
        {"circle": Circle(-50, 5, 10)},
    ],
)
def test_what_has_no_area_in_the_image_is_no_object(answers: dict[str, Annotation]):
    assert annotated(tuple(answers), answers).objects == ()


def test_several_things_have_a_class_each_and_the_image_has_none():
    first = {"animal": ClassLabel("cat", 0.9), "box": BoundingBox(0, 0, 5, 5)}
    second = {"animal": ClassLabel("dog", 0.6), "box": BoundingBox(9, 9, 15, 15)}
    image = annotated(("label", "box"), first, second)
    assert image.label is None and image.objects is not None
    assert [(one.label, one.score) for one in image.objects] == [("cat", 0.9), ("dog", 0.6)]
    assert annotated(("label", "box")).objects == ()


def test_the_only_class_is_that_of_every_thing():
    info = DatasetInfo("images", 3, 64, 64, ("box",), classes=("cell",))
    image = annotated(("box",), {"box": BoundingBox(0, 0, 5, 5)}, info=info)
    assert image.objects is not None
    assert [(one.label, one.score) for one in image.objects] == [("cell", None)]


@pytest.mark.parametrize(
    ("shape", "error", "words"),
    [
        ("boks", UnknownNameError, "box"),
        ("circle", UnknownNameError, "circle"),
        ("animal", ConfigError, "says no place"),
        ("hue_x", ConfigError, "says no place"),
    ],
)
def test_a_head_that_shows_no_place_is_refused(shape: str, error: type[Exception], words: str):
    with pytest.raises(error, match=words):
        PredictionAnnotator(INFO, ("label", "box", "attribute:hue.x"), shape)
