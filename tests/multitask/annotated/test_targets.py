"""Which targets follow from annotations, and of which images."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from triptych.multitask.annotated.annotated_set import AnnotatedSet
from triptych.multitask.annotated.targets import possible_targets
from triptych.multitask.structures.annotated_image import (
    AnnotatedImage,
    AnnotatedObject,
    ClassMap,
)
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.shapes import Polygon

Opened = Callable[..., AnnotatedSet]
BOX = BoundingBox(1, 2, 3, 4)
TRIANGLE = Polygon((np.array([[0.0, 0], [5, 0], [0, 5.5]]),))


def targets(annotated: AnnotatedSet) -> dict[str, list[bool]]:
    return {name: has.tolist() for name, has in possible_targets(annotated).items()}


def test_boxes_give_boxes_alone(folder: Path, opened: Opened):
    thing = AnnotatedObject("x", BOX)
    images = [AnnotatedImage(folder / f"{n}.png", objects=(thing,) * n) for n in range(3)]
    assert targets(opened(images)) == {"box": [False, True, False], "boxes": [True, True, True]}


def test_an_empty_image_has_a_mask_where_others_have_outlines(folder: Path, opened: Opened):
    cat, dog = AnnotatedObject("cat", TRIANGLE), AnnotatedObject("dog", TRIANGLE)
    images = [
        AnnotatedImage(folder / "a.png", objects=(cat,)),
        AnnotatedImage(folder / "b.png", objects=()),
        AnnotatedImage(folder / "c.png"),
        AnnotatedImage(folder / "d.png", objects=(dog, cat)),
    ]
    known = [True, True, False, True]
    only = [True, False, False, False]
    expected = {"box": only, "circle": only, "mask": known, "semantic": known}
    expected |= {"boxes": known, "circles": known}
    assert targets(opened(images)) == expected


def test_a_round_thing_has_a_circle_in_its_box(folder: Path, opened: Opened):
    images = [AnnotatedImage(folder / "a.png", objects=(AnnotatedObject("x", BOX),) * 2)]
    annotated = opened(images)
    assert {*possible_targets(annotated)} == {"boxes"}
    assert {*possible_targets(annotated, round_objects=True)} == {"boxes", "circles"}


def test_an_object_without_a_class_hides_what_is_in_its_image(folder: Path, opened: Opened):
    images = [
        AnnotatedImage(folder / "a.png", objects=(AnnotatedObject("x", BOX),) * 2),
        AnnotatedImage(
            folder / "b.png", objects=(AnnotatedObject("x", BOX), AnnotatedObject(None, BOX))
        ),
    ]
    assert targets(opened(images))["boxes"] == [True, False]


def test_a_choice_needs_two_names(folder: Path, opened: Opened):
    one = [AnnotatedImage(folder / "a.png", label="cat", attributes={"fur": "long"})]
    assert targets(opened(one)) == {}


def test_classes_of_images_make_no_class_map_of_a_foreground(folder: Path, opened: Opened):
    mask = ClassMap(folder / "m.png", {0: "", 1: "thing"})
    images = [
        AnnotatedImage(folder / "a.png", label="cat", mask=mask),
        AnnotatedImage(folder / "b.png", label="dog", attributes={"fur": "long"}),
        AnnotatedImage(folder / "c.png", attributes={"fur": "short"}),
    ]
    with_mask = [True, False, False]
    assert targets(opened(images)) == {
        "label": [True, True, False],
        "attribute:fur": [False, True, True],
        "box": with_mask,
        "circle": with_mask,
        "mask": with_mask,
    }
