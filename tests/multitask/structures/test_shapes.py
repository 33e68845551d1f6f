"""Shapes: the box and the circle that follow from each."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import (
    Ellipse,
    OrientedBox,
    PixelMask,
    Polygon,
    Shape,
    has_outline,
    shape_box,
    shape_circle,
)

SQUARE = Polygon((np.array([[10.0, 10], [20, 10], [20, 20], [10, 20]]),))
BLOCK = PixelMask(10, 20, np.ones((3, 4), bool))


def sides(box: BoundingBox | None) -> list[float]:
    assert box is not None
    return [box.left, box.top, box.right, box.bottom]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (BoundingBox(1, 2, 3, 4), [1, 2, 3, 4]),
        (Circle(20, 20, 10), [10, 10, 30, 30]),
        (Ellipse(20, 15, 10, 5), [10, 10, 30, 20]),
        (Ellipse(20, 15, 10, 5, math.radians(30)), [10.986, 8.386, 29.014, 21.615]),
        (Ellipse(20, 20, 10, 5, math.pi / 2), [15, 10, 25, 30]),
        (OrientedBox(20, 15, 20, 10, math.pi / 2), [15, 5, 25, 25]),
        (SQUARE, [10, 10, 20, 20]),
        (BLOCK, [10, 20, 14, 23]),
    ],
)
def test_each_shape_has_its_tight_box(shape: Shape, expected: list[float]):
    assert sides(shape_box(shape)) == pytest.approx(expected, abs=2e-3)


def test_a_mask_without_pixels_has_neither_box_nor_circle():
    empty = PixelMask.of(np.zeros((4, 4), bool))
    assert shape_box(empty) is None
    assert shape_circle(empty) is None


def test_a_circle_follows_from_outlines_and_not_from_boxes():
    assert shape_circle(BoundingBox(0, 0, 4, 4)) is None
    assert shape_circle(OrientedBox(0, 0, 4, 4, 1)) is None
    assert shape_circle(Circle(1, 2, 3)) == Circle(1, 2, 3)
    assert shape_circle(Ellipse(1, 2, 3, 5, 1)) == Circle(1, 2, 5)
    square = shape_circle(SQUARE)
    assert square is not None
    assert vars(square) == pytest.approx({"x": 15, "y": 15, "radius": math.hypot(5, 5)}, abs=1e-3)
    block = shape_circle(BLOCK)
    assert block is not None
    assert vars(block) == pytest.approx({"x": 12, "y": 21.5, "radius": 2.5}, abs=1e-3)


def test_only_polygons_and_masks_say_which_pixels_belong():
    assert has_outline(SQUARE)
    assert has_outline(BLOCK)
    assert not any(
        map(has_outline, [Circle(1, 1, 1), Ellipse(1, 1, 1, 1), BoundingBox(0, 0, 1, 1)])
    )


@given(st.floats(-math.pi, math.pi), st.floats(3, 15), st.floats(3, 15))
def test_the_box_of_a_turned_ellipse_is_that_of_its_outline(angle: float, a: float, b: float):
    turn = np.linspace(0, 2 * math.pi, 2000)
    cos, sin = math.cos(angle), math.sin(angle)
    x = 30 + a * np.cos(turn) * cos - b * np.sin(turn) * sin
    y = 30 + a * np.cos(turn) * sin + b * np.sin(turn) * cos
    outline = [x.min(), y.min(), x.max(), y.max()]
    assert sides(shape_box(Ellipse(30, 30, a, b, angle))) == pytest.approx(outline, abs=1e-3)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=8))
def test_the_circle_of_a_polygon_encloses_it_tightly(points: list[tuple[int, int]]):
    circle = shape_circle(Polygon((np.array(points, float),)))
    assert circle is not None
    away = np.hypot(*(np.array(points, float) - [circle.x, circle.y]).T)
    assert away.max() == pytest.approx(circle.radius, abs=0.05)
    (_, _), radius = cv2.minEnclosingCircle(np.array(points, np.float32))
    assert circle.radius == pytest.approx(radius)


def test_a_mask_is_cut_to_its_pixels():
    mask = np.zeros((9, 9), bool)
    mask[2:4, 5:8] = True
    cut = PixelMask.of(mask)
    assert (cut.left, cut.top, cut.pixels.shape) == (5, 2, (2, 3))
    assert (shape_pixels(cut, 9, 9) == mask).all()
