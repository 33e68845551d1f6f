"""A table gives back what was written, and its columns say what heads can learn."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.annotated.annotated_set import AnnotatedSet
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.structures.annotated_image import (
    AnnotatedImage,
    AnnotatedObject,
    ClassMap,
)
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import PixelMask, Polygon

Opened = Callable[..., AnnotatedSet]
CIRCLE, BOX = Circle(3, 4, 5.25), BoundingBox(1, 2, 3, 4.5)
TRIANGLE = Polygon((np.array([[0.0, 0], [5, 0], [0, 5.5]]),))


def test_an_image_comes_back_as_it_was(folder: Path, opened: Opened):
    thing = AnnotatedObject(
        "cat", CIRCLE, np.array([[1, 2, 2]], np.float32), {"fur": "long"}, True, True, True, 0.5
    )
    image = AnnotatedImage(
        folder / "a" / "b.jpg", 40, 30, "indoors", {"light": "dim"}, "room 1", "test", (thing,),
        ClassMap(folder / "m.png", {0: "", 3: "cat"}, (255,)), 7, 99, "b",
    )  # fmt: skip
    again = opened([image]).image(0)
    assert again.objects is not None
    assert (again.objects[0].keypoints == thing.keypoints).all()
    plain = {**vars(again), "objects": None}
    assert plain == {**vars(image), "objects": None}
    same = {**vars(again.objects[0]), "keypoints": None}
    assert same == {**vars(thing), "keypoints": None}


def test_polygons_and_masks_come_back_as_they_were(folder: Path, opened: Opened):
    two = Polygon((TRIANGLE.parts[0], TRIANGLE.parts[0] + 10.25))
    mask = PixelMask(2, 3, np.array([[True, False], [True, True], [False, True]]))
    things = tuple(AnnotatedObject("x", shape) for shape in (two, mask))
    objects = opened([AnnotatedImage(folder / "a.png", objects=things)]).objects(0)
    assert objects is not None
    polygon, pixels = (thing.shape for thing in objects)
    assert isinstance(polygon, Polygon)
    assert [part.tolist() for part in polygon.parts] == [part.tolist() for part in two.parts]
    assert isinstance(pixels, PixelMask)
    assert (pixels.left, pixels.top, pixels.pixels.tolist()) == (2, 3, mask.pixels.tolist())


def test_nobody_looked_is_not_the_same_as_nothing_there(folder: Path, opened: Opened):
    annotated = opened(
        [AnnotatedImage(folder / "a.png"), AnnotatedImage(folder / "b.png", objects=())]
    )
    assert annotated.objects(0) is None
    assert annotated.objects(1) == ()
    assert annotated.counts.tolist() == [-1, 0]


def test_classes_are_in_the_stated_order_and_others_behind(folder: Path, opened: Opened):
    images = [AnnotatedImage(folder / f"{n}.png", label=n) for n in ("dog", "10", "9", "cat")]
    annotated = opened([*images, AnnotatedImage(folder / "z.png")], Vocabulary(("cat", "cow")))
    assert annotated.classes == ("cat", "cow", "9", "10", "dog")
    assert annotated.labels.tolist() == [4, 3, 2, 0, -1]


def test_the_class_of_an_image_is_its_own_or_that_of_all_objects(folder: Path, opened: Opened):
    cat, dog = AnnotatedObject("cat", BOX), AnnotatedObject("dog", BOX)
    annotated = opened(
        [
            AnnotatedImage(folder / "a.png", objects=(cat, cat)),
            AnnotatedImage(folder / "b.png", objects=(cat, dog)),
            AnnotatedImage(folder / "c.png", label="dog", objects=(cat,)),
            AnnotatedImage(folder / "d.png", objects=()),
        ]
    )
    labels = [annotated.classes[number] if number >= 0 else "" for number in annotated.labels]
    assert labels == ["cat", "", "dog", ""]


@pytest.mark.parametrize(
    ("objects", "box", "circle", "outlines"),
    [
        ((AnnotatedObject("x", BOX),), True, False, False),
        ((AnnotatedObject("x", CIRCLE),), True, True, False),
        ((AnnotatedObject("x", TRIANGLE),), True, True, True),
        ((AnnotatedObject("x", TRIANGLE),) * 2, False, False, True),
        ((AnnotatedObject("x", TRIANGLE), AnnotatedObject("x", BOX)), False, False, False),
        (
            (AnnotatedObject("x", TRIANGLE), AnnotatedObject("x", BOX, crowd=True)),
            False,
            False,
            True,
        ),
        ((AnnotatedObject("x", TRIANGLE, crowd=True),), False, False, True),
        ((AnnotatedObject("x"),), False, False, False),
        ((), False, False, True),
    ],
)
def test_shapes_decide_what_is_known(
    folder: Path, opened: Opened, objects: tuple, box: bool, circle: bool, outlines: bool
):
    annotated = opened([AnnotatedImage(folder / "a.png", objects=objects)])
    names = ("has_box", "has_circle", "has_outlines")
    assert [annotated.flags(name)[0] for name in names] == [box, circle, outlines]


def test_attributes_are_numbered(folder: Path, opened: Opened):
    images = [
        AnnotatedImage(folder / "a.png", attributes={"size": "10"}),
        AnnotatedImage(folder / "b.png", attributes={"size": "9", "color": "red"}),
        AnnotatedImage(folder / "c.png"),
    ]
    annotated = opened(images)
    assert annotated.attributes == {"color": ("red",), "size": ("9", "10")}
    assert annotated.attribute("size").tolist() == [1, 0, -1]


def test_objects_are_found_in_a_table_of_many_parts(
    folder: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("triptych.multitask.annotated.table_writer.ROW_GROUP", 3)
    images = [
        AnnotatedImage(folder / f"{n}.png", objects=(AnnotatedObject("x", Circle(n, n, 1)),))
        for n in range(10)
    ]
    annotated = opened(images)
    for number in (9, 0, 5, 3, 2):
        (thing,) = annotated.objects(number) or ()
        assert thing.shape == Circle(number, number, 1)
    assert [image.file.name for image in annotated] == [f"{n}.png" for n in range(10)]


def test_another_parquet_file_is_refused(tmp_path: Path):
    (tmp_path / "table.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="Cannot read"):
        AnnotatedSet(tmp_path / "table.parquet")


def test_a_column_in_which_nothing_is_stated_is_none_for_every_image(folder: Path, opened: Opened):
    images = [AnnotatedImage(folder / "a.png", group="p1"), AnnotatedImage(folder / "b.png")]
    annotated = opened(images)
    assert annotated.strings("group") == ["p1", None]
    assert annotated.strings("split") == [None, None]
