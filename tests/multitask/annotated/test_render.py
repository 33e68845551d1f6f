"""Targets in the canvas lie where the letterboxed picture shows the thing; numbers by hand."""

from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.frame.storage.letterbox import Letterbox
from triptych.multitask.annotated.render import (
    only_shape,
    render_box,
    render_circle,
    render_classes,
)
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import PixelMask, Polygon, Shape

# an image of 40 × 20 pixels at half its size, in the middle of a canvas of 20 × 20
PLACEMENT, SIZE = Letterbox(0.5, 0, 5, 40, 20), (20, 20)
SQUARE = np.array([[8, 4], [24, 4], [24, 12], [8, 12]], float)  # canvas: 4, 7 … 12, 11
CLASSES = {"cat": 0, "dog": 1}


def image(*things: AnnotatedObject, mask: ClassMap | None = None) -> AnnotatedImage:
    return AnnotatedImage(Path("a.png"), 40, 20, objects=things, mask=mask)


def expected(**parts: tuple[slice, slice]) -> np.ndarray:
    """−1 beyond the image, 0 in it, and numbers in parts: `_1` is number 1."""
    values = np.full(SIZE, -1)
    values[5:15] = 0
    for name, part in parts.items():
        values[part] = int(name[1:])
    return values


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        (BoundingBox(8, 4, 24, 12), [4, 7, 12, 11]),
        (Polygon((SQUARE,)), [4, 7, 12, 11]),
        (BoundingBox(-10, -10, 10, 10), [0, 5, 5, 10]),  # cut at the image, not at the canvas
        (BoundingBox(50, 0, 60, 10), None),
        (None, None),
    ],
)
def test_a_box_is_cut_at_the_image_and_moved(shape: Shape | None, box: list[float] | None):
    rendered = render_box(shape, PLACEMENT)
    assert (None if rendered is None else rendered.tolist()) == box


def test_a_circle_is_moved_and_scaled():
    rendered = render_circle(Circle(10, 8, 6), PLACEMENT)
    assert rendered is not None and rendered.tolist() == [5, 9, 3]
    assert render_circle(BoundingBox(0, 0, 4, 4), PLACEMENT) is None  # says nothing of a circle


def test_later_things_lie_over_earlier_ones_and_those_without_a_class_have_a_number():
    cat = AnnotatedObject("cat", Polygon((SQUARE,)))
    dog = AnnotatedObject("dog", PixelMask(16, 4, np.ones((8, 8), bool)))
    thing = AnnotatedObject(None, PixelMask(0, 16, np.ones((4, 4), bool)))
    values = render_classes(image(cat, dog, thing), None, PLACEMENT, SIZE, CLASSES)
    parts = {"_1": np.s_[7:11, 4:12], "_2": np.s_[7:11, 8:12], "_3": np.s_[13:15, 0:2]}
    assert (values == expected(**parts)).all()


def test_what_is_only_boxed_does_not_count():
    crowd = AnnotatedObject("cat", BoundingBox(8, 4, 24, 12), crowd=True)
    values = render_classes(image(crowd), None, PLACEMENT, SIZE, CLASSES)
    ignored = expected()
    ignored[7:11, 4:12] = -1
    assert (values == ignored).all()


def test_a_mask_file_is_sampled_and_what_it_ignores_or_does_not_name_does_not_count():
    numbers = np.zeros((20, 40), np.int64)
    numbers[4:12, 8:24] = 7
    numbers[:, 32:36], numbers[:, 36:] = 255, 9
    mask = ClassMap(Path("m.png"), {0: "", 7: "dog", 255: "cat"}, (255,))
    values = render_classes(image(mask=mask), numbers, PLACEMENT, SIZE, CLASSES)
    sampled = expected(_2=np.s_[7:11, 4:12])
    sampled[:, 16:] = -1
    assert (values == sampled).all()
    with pytest.raises(DataError, match="has 39×20 pixels, its image 40×20"):
        render_classes(image(mask=mask), numbers[:, 1:], PLACEMENT, SIZE, CLASSES)


def test_the_only_thing_is_the_object_or_the_foreground_of_the_mask_file():
    box = BoundingBox(8, 4, 24, 12)
    assert only_shape(image(AnnotatedObject("cat", box)), None) == box
    numbers = np.zeros((20, 40), np.int64)
    numbers[4:12, 8:24], numbers[0, 0] = 7, 3  # 3 is no class
    mask = ClassMap(Path("m.png"), {0: "", 7: "dog"})
    rendered = render_box(only_shape(image(mask=mask), numbers), PLACEMENT)
    assert rendered is not None and rendered.tolist() == [4, 7, 12, 11]
    assert only_shape(image(), None) is None
