"""Label Studio's tasks as they are written, read back, and in percent by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.multitask.formats._compare import assert_same, every_shape, picture, read

from triptych.frame.errors import WriteError
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats.label_studio import LabelStudio
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import OrientedBox, PixelMask, Polygon

NAMES = Vocabulary(("cell", "lid"), {"light": ("dim", "bright")}, keypoints=("eye", "nose"))
CONTROLS = (
    "RectangleLabels",
    "EllipseLabels",
    "PolygonLabels",
    "BrushLabels",
    "KeyPointLabels",
    "Choices",
)


def written(tmp_path: Path, *things: AnnotatedObject, **more: Any) -> Any:
    """The results of a picture of 200 × 100 pixels."""
    image = AnnotatedImage(picture(tmp_path / "a.png", 200, 100), objects=things, **more)
    LabelStudio.write([image], NAMES, tmp_path / "out")
    (task,) = json.loads((tmp_path / "out" / "tasks.json").read_text())
    return task["annotations"][0]["result"]


def test_numbers_are_percent_of_both_sides_and_boxes_turn_about_their_corner(tmp_path: Path):
    box, circle, turned = written(
        tmp_path,
        AnnotatedObject("lid", BoundingBox(100, 10, 140, 50)),
        AnnotatedObject("cell", Circle(100, 50, 10), score=0.5),
        AnnotatedObject("lid", OrientedBox(80, 30, 40, 20, np.pi / 2)),
    )
    place = {"x": 50, "y": 10, "width": 20, "height": 40, "rotation": 0}
    assert box["value"] == {**place, "rectanglelabels": ["lid"]}
    assert (box["from_name"], box["to_name"], box["type"]) == ("box", "image", "rectanglelabels")
    assert (box["original_width"], box["original_height"]) == (200, 100)
    round_ = {"x": 50, "y": 50, "radiusX": 5, "radiusY": 10, "rotation": 0}
    assert circle["value"] == {**round_, "ellipselabels": ["cell"]}
    assert circle["score"] == 0.5
    corner = {"x": 45, "y": 10, "width": 20, "height": 20, "rotation": 90}
    assert {name: turned["value"][name] for name in corner} == pytest.approx(corner)


def test_what_is_written_is_read_back(tmp_path: Path):
    held = [
        replace(thing, label=thing.label or "object", score=None)
        for thing in every_shape()
        if thing.keypoints is None
        and not (isinstance(thing.shape, Polygon) and len(thing.shape.parts) > 1)
    ]
    held = [replace(thing, crowd=False, difficult=False, truncated=False) for thing in held]
    images = [
        AnnotatedImage(picture(tmp_path / "a b.png"), 40, 30, objects=tuple(held)),
        AnnotatedImage(picture(tmp_path / "x" / "é#1.png"), 40, 30, "cat", {"light": "dim"}),
        AnnotatedImage(picture(tmp_path / "y" / "é#1.png"), 40, 30, attributes={"light": "dim"}),
        AnnotatedImage(picture(tmp_path / "empty.png"), 40, 30, objects=()),
        AnnotatedImage(picture(tmp_path / "nobody.png")),
    ]
    assert LabelStudio.write(images, NAMES, tmp_path / "out") == []
    again, problems, vocabulary = read("label-studio", tmp_path / "out", strict=True)
    assert {problem.kind for problem in problems.examples} == {"task without annotation"}
    for image, same in zip(images, again, strict=True):
        # choices alone are read as a picture without things
        chosen = image.label is not None or image.attributes
        expected = replace(image, objects=()) if chosen and image.objects is None else image
        assert_same(expected, same)
        assert same.file.read_bytes() == image.file.read_bytes()
    assert vocabulary.classes == ("cat", "cell", "lid", "object")


def test_keypoints_belong_to_their_region(tmp_path: Path):
    rows = np.array([[3, 4, 2], [5, 6, 2.0]])
    things = (
        AnnotatedObject("lid", BoundingBox(1, 2, 30, 20), rows),
        AnnotatedObject("cell", None, rows[:1]),
    )
    image = AnnotatedImage(picture(tmp_path / "a.png"), objects=things)
    assert LabelStudio.write([image], NAMES, tmp_path / "out") == []
    (again,), _, vocabulary = read("label-studio", tmp_path / "out", strict=True)
    assert again.objects is not None
    lid, cell = again.objects
    assert lid.keypoints is not None and cell.keypoints is not None
    places = [vocabulary.keypoints.index(name) for name in ("eye", "nose")]
    np.testing.assert_allclose(lid.keypoints[places], rows)
    assert (cell.label, cell.keypoints[0].tolist()) == ("cell", pytest.approx([3, 4, 2]))


def test_parts_of_an_outline_become_one_brush(tmp_path: Path):
    square = np.array([[1, 1], [5, 1], [5, 5], [1, 5.0]])
    shape = Polygon((square, square + 10))
    image = AnnotatedImage(picture(tmp_path / "a.png"), objects=(AnnotatedObject("cell", shape),))
    (line,) = LabelStudio.write([image], NAMES, tmp_path / "out")
    assert line == "polygons of several parts are written as brushes: 1"
    (again,), _, _ = read("label-studio", tmp_path / "out")
    assert again.objects is not None
    (thing,) = again.objects
    assert isinstance(thing.shape, PixelMask)
    assert np.array_equal(shape_pixels(thing.shape, 30, 40), shape_pixels(shape, 30, 40))


def test_what_cannot_be_held_is_counted(tmp_path: Path):
    things = (
        AnnotatedObject(None, Circle(5, 5, 2), crowd=True, truncated=True),
        AnnotatedObject("cell", None),
        AnnotatedObject("cell", PixelMask(0, 0, np.zeros((2, 2), bool))),
        AnnotatedObject("cell", None, np.ones((3, 3))),
    )
    image = AnnotatedImage(picture(tmp_path / "a.png"), objects=things, group="g", split="test")
    assert set(LabelStudio.write([image], NAMES, tmp_path / "out")) == {
        "groups of images are not written: 1",
        "splits are not written: 1",
        'objects without a class are written as "object": 1',
        "crowd, difficult and truncated are not written: 1",
        "keypoints without a region are not written: 3",
        "objects without a place are not written: 3",
    }


def test_the_labeling_configuration_has_a_control_for_every_result(tmp_path: Path):
    thing = AnnotatedObject("lid", Circle(5, 5, 2), attributes={"wet": "true"})
    results = written(tmp_path, thing, label='a "b" & <c>', attributes={"light": "odd"})
    root = ElementTree.parse(tmp_path / "out" / "labeling.xml").getroot()
    image = root.find("Image")
    assert image is not None and image.get("value") == "$image"
    tags = {tag.get("name"): tag for tag in root if tag.tag in CONTROLS}
    assert set(tags) == {"ellipse", "class", "attribute-light", "region-wet"}
    assert all(tag.get("toName") == image.get("name") for tag in tags.values())
    for result in results:
        (value,) = result["value"].get(result["type"])
        assert value in [each.get("value") for each in tags[result["from_name"]]]
    values = [each.get("value") for each in tags["attribute-light"]]
    assert values == ["dim", "bright", "odd"]
    assert tags["region-wet"].get("perRegion") == "true"


def test_writing_is_whole_or_not_at_all(tmp_path: Path):
    image = AnnotatedImage(picture(tmp_path / "a.png"), objects=())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").touch()
    with pytest.raises(WriteError):
        LabelStudio.write([image], NAMES, tmp_path / "full")

    def broken() -> Any:
        yield image
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        LabelStudio.write(broken(), NAMES, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "full"]
