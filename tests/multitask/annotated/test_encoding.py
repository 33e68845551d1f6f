"""Objects as rows of a table come back the same."""

import numpy as np
import pyarrow as pa
import pytest

from triptych.multitask.annotated.encoding import OBJECT, decode_object, encode_object
from triptych.multitask.structures.annotated_image import AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape


def through_arrow(thing: AnnotatedObject, label: int | None, keypoints: int = 0) -> AnnotatedObject:
    """An object that was a row of an Arrow table."""
    (row,) = pa.array([encode_object(thing, label)], OBJECT).to_pylist()
    return decode_object(row, ("cat", "dog"), keypoints)


@pytest.mark.parametrize(
    ("shape", "kind", "numbers"),
    [
        (None, None, []),
        (BoundingBox(1, 2.5, 30, 4e6), "box", [1, 2.5, 30, 4e6]),
        (OrientedBox(10, 20, 8, 4, 0.5), "oriented box", [10, 20, 8, 4, 0.5]),
        (Circle(-3, 7.25, 2), "circle", [-3, 7.25, 2]),
        (Ellipse(10, 20, 8, 4, -1.5), "ellipse", [10, 20, 8, 4, -1.5]),
    ],
)
def test_shapes_that_are_their_numbers_come_back(
    shape: Shape | None, kind: str | None, numbers: list[float]
):
    thing = AnnotatedObject("dog", shape)
    row = encode_object(thing, 1)
    assert (row["kind"], row["numbers"], row["parts"]) == (kind, numbers, [])
    assert through_arrow(thing, 1) == thing


def test_a_polygon_of_two_parts_is_its_corners_and_how_many_each_has():
    parts = (np.array([[0, 0], [4, 0], [4, 4.5]]), np.array([[9, 9], [12, 9], [12, 12], [9, 12.0]]))
    thing = AnnotatedObject("cat", Polygon(parts))
    row = encode_object(thing, 0)
    assert row["parts"] == [3, 4]
    assert row["numbers"][:6] == [0, 0, 4, 0, 4, 4.5]
    shape = through_arrow(thing, 0).shape
    assert isinstance(shape, Polygon) and len(shape.parts) == 2
    assert all((one == other).all() for one, other in zip(shape.parts, parts))


@pytest.mark.parametrize(
    ("rows", "runs"),
    [
        (["0110", "1001"], [1, 2, 1, 1, 2, 1]),
        (["1111", "1111"], [0, 8]),  # the first run is off
        (["0000", "0000"], [8]),
        (["1000", "0001"], [0, 1, 6, 1]),
    ],
)
def test_a_mask_is_runs_of_off_and_on_row_by_row(rows: list[str], runs: list[int]):
    pixels = np.array([[digit == "1" for digit in row] for row in rows])
    thing = AnnotatedObject(None, PixelMask(5, -2, pixels))
    row = encode_object(thing, None)
    assert (row["numbers"], row["parts"]) == ([5, -2, 2, 4], runs)
    shape = through_arrow(thing, None).shape
    assert isinstance(shape, PixelMask) and (shape.left, shape.top) == (5, -2)
    assert (shape.pixels == pixels).all()


def test_a_mask_without_pixels_stays_one():
    shape = through_arrow(
        AnnotatedObject(None, PixelMask(0, 0, np.zeros((0, 3), bool))), None
    ).shape
    assert isinstance(shape, PixelMask) and shape.pixels.shape == (0, 3)


def test_flags_score_and_attributes_come_back():
    thing = AnnotatedObject(
        "cat",
        BoundingBox(0, 0, 1, 1),
        attributes={"fur": "long"},
        crowd=True,
        difficult=True,
        truncated=True,
        score=0.25,
    )
    assert through_arrow(thing, 0) == thing


def test_keypoints_whose_names_turned_up_later_are_unlabelled():
    points = np.array([[1, 2, 2], [3, 4, 1]], np.float32)
    thing = AnnotatedObject("cat", keypoints=points)
    same, longer, shorter = (through_arrow(thing, 0, count).keypoints for count in (2, 4, 1))
    assert same is not None and (same == points).all()
    assert longer is not None and longer.tolist() == [[1, 2, 2], [3, 4, 1], [0, 0, 0], [0, 0, 0]]
    assert shorter is not None and len(shorter) == 2  # nothing that is known is lost
    assert through_arrow(AnnotatedObject("cat"), 0, 4).keypoints is None
