"""What the tests of formats share: reading a path, and whether two images say the same."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import DataError
from triptych.multitask.formats import FORMATS
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, shape_box


def picture(path: Path, width: int = 40, height: int = 30) -> Path:
    """A small picture at a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), "orange").save(path)
    return path


def read(
    name: str, path: Path, *, strict: bool = False
) -> tuple[list[AnnotatedImage], ImportProblems, Vocabulary]:
    """All that a format reads at a path."""
    problems = ImportProblems(strict=strict)
    scratch = path.parent / f"{path.name}-scratch"
    reader = FORMATS[name](path, problems, scratch)
    images = list(reader.read())
    return images, problems, reader.vocabulary


def only_problem(name: str, path: Path, kind: str) -> str:
    """The line of the one problem of a path, which strict reading raises."""
    _, problems, _ = read(name, path)
    (one,) = [problem for problem in problems.examples if problem.outcome != "noticed"]
    assert one.kind == kind
    assert "\n" not in str(one)
    with pytest.raises(DataError) as caught:
        read(name, path, strict=True)
    assert one.place in str(caught.value)
    assert one.detail in str(caught.value)
    return str(one)


def sides(thing: AnnotatedObject) -> list[float]:
    """Left, top, right and bottom of an object, rounded."""
    assert thing.shape is not None
    box = shape_box(thing.shape)
    assert box is not None
    return [round(side, 3) for side in (box.left, box.top, box.right, box.bottom)]


def assert_same(first: AnnotatedImage, second: AnnotatedImage) -> None:
    """Raise where two images, their files aside, do not say the same."""
    bare = [replace(image, file=Path(), objects=None) for image in (first, second)]
    assert bare[0] == bare[1]
    assert (first.objects is None) == (second.objects is None)
    for one, other in zip(first.objects or (), second.objects or (), strict=True):
        assert replace(one, shape=None, keypoints=None) == replace(
            other, shape=None, keypoints=None
        )
        _assert_same_shape(one.shape, other.shape)
        assert (one.keypoints is None) == (other.keypoints is None)
        if one.keypoints is not None and other.keypoints is not None:
            length = max(len(one.keypoints), len(other.keypoints))
            padded = [
                np.pad(rows, ((0, length - len(rows)), (0, 0)))
                for rows in (one.keypoints, other.keypoints)
            ]
            np.testing.assert_allclose(*padded)


def _assert_same_shape(one: object, other: object) -> None:
    assert type(one) is type(other)
    if isinstance(one, (BoundingBox, Circle, Ellipse, OrientedBox)):
        values = [[getattr(shape, field.name) for field in fields(one)] for shape in (one, other)]
        np.testing.assert_allclose(*values, atol=1e-9)
    elif isinstance(one, Polygon) and isinstance(other, Polygon):
        for part, same in zip(one.parts, other.parts, strict=True):
            np.testing.assert_allclose(part, same)
    elif isinstance(one, PixelMask) and isinstance(other, PixelMask):
        assert (one.left, one.top) == (other.left, other.top)
        assert np.array_equal(one.pixels, other.pixels)


def every_shape() -> tuple[AnnotatedObject, ...]:
    """An object of each kind of shape that the writers hold."""
    square = np.array([[1, 1], [5.25, 1], [5, 5], [1, 5.5]])
    pixels = np.array([[False, True], [True, True]])
    keypoints = np.array([[3, 4, 2], [0, 0, 0], [5, 6, 1.0]])
    return (
        AnnotatedObject("cell", Circle(20, 15, 7.5), score=0.75),
        AnnotatedObject("lid", BoundingBox(1.5, 2, 30, 20), keypoints, truncated=True),
        AnnotatedObject("lid", OrientedBox(20, 15, 12, 6, 0.5), attributes={"wet": "true"}),
        AnnotatedObject("cell", Polygon((square,)), difficult=True, attributes={"hue": "red"}),
        AnnotatedObject("cell", Polygon((square, square + 10))),
        AnnotatedObject(None, PixelMask(3, 4, pixels), crowd=True),
        AnnotatedObject("cell", None, np.array([[0, 0, 0], [7, 8, 2.0]])),
    )
