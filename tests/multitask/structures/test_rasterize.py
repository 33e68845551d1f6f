"""Pixels of shapes: those whose centers lie inside."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from matplotlib.path import Path as Outline

from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import resample_mask, shape_pixels
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape


def polygon(*corners: tuple[float, float]) -> Polygon:
    return Polygon((np.array(corners, float),))


def square(left: float, top: float, right: float, bottom: float) -> Polygon:
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        (square(10, 10, 20, 20), 100),
        (square(10.5, 10.5, 20.5, 20.5), 100),
        (polygon((10, 10), (20, 10), (10, 20)), 45),
        (square(5, 5.05, 15, 5.45), 0),  # covers no center
        (Polygon(square(0, 0, 30, 30).parts + square(10, 10, 20, 20).parts), 900),
        (BoundingBox(10, 10, 20, 20), 100),
        (OrientedBox(15, 15, 10, 10, math.pi / 2), 100),
        (Circle(20, 20, 10), 316),
        (Ellipse(20, 20, 10, 10, 0.7), 316),
        (Circle(20, 20, 0), 0),
        (PixelMask(38, 38, np.ones((4, 4), bool)), 4),
    ],
)
def test_pixels_are_counted_as_their_centers_lie(shape: Shape, count: int):
    assert shape_pixels(shape, 40, 40).sum() == count


def test_half_a_pixel_moves_the_first_row():
    rows = np.flatnonzero(shape_pixels(square(10.5, 10.5, 20.5, 20.5), 40, 40).any(1))
    assert (rows[0], rows[-1]) == (10, 19)


def test_what_lies_beyond_the_image_is_cut_off():
    for shape in (square(-5, -5, 5, 5), BoundingBox(-5, -5, 5, 5)):
        mask = shape_pixels(shape, 8, 8)
        assert mask.sum() == 25
        assert mask[:5, :5].all()
    assert shape_pixels(Circle(0, 0, 4), 8, 8).sum() == shape_pixels(Circle(8, 8, 4), 8, 8).sum()
    assert not shape_pixels(square(50, 50, 60, 60), 8, 8).any()
    assert not shape_pixels(PixelMask(-9, -9, np.ones((3, 3), bool)), 8, 8).any()


corner = st.tuples(st.floats(0, 24), st.floats(0, 24))


@given(st.lists(corner, min_size=3, max_size=3))
def test_a_triangle_has_the_centers_that_matplotlib_finds_in_it(corners: list[tuple[float, float]]):
    triangle = polygon(*corners)
    assume(triangle.area() > 1e-3)  # of a line, matplotlib says either
    mask = shape_pixels(triangle, 24, 24)
    centers = np.stack(np.meshgrid(np.arange(24) + 0.5, np.arange(24) + 0.5), -1).reshape(-1, 2)
    inner = Outline(corners).contains_points(centers, radius=-1e-6)
    outer = Outline(corners).contains_points(centers, radius=1e-6)
    # on a line, and for either direction of the outline, the two may differ
    low, high = (inner & outer).reshape(24, 24), (inner | outer).reshape(24, 24)
    assert (mask >= low).all()
    assert (mask <= high).all()


@given(st.lists(corner, min_size=4, max_size=4))
def test_parts_that_share_a_line_share_no_pixel(corners: list[tuple[float, float]]):
    a, b, c, d = corners
    whole = shape_pixels(polygon(a, b, c, d), 24, 24)
    one, other = (shape_pixels(polygon(*part), 24, 24) for part in ((a, b, c), (a, c, d)))
    assert ((one ^ other) == whole).all()


def test_a_mask_of_many_corners_needs_little_memory():
    turn = np.linspace(0, 2 * math.pi, 20_000)
    outline = Polygon((np.stack([500 + 400 * np.cos(turn), 500 + 400 * np.sin(turn)], 1),))
    mask = shape_pixels(outline, 1000, 1000)
    assert mask.sum() == pytest.approx(
        shape_pixels(Circle(500, 500, 400), 1000, 1000).sum(), rel=1e-4
    )


def test_a_mask_at_its_own_size_stays_and_at_half_takes_the_pixels_of_the_centers():
    pixels = np.array([[1, 0, 0, 1], [0, 1, 1, 0]], bool)
    mask = PixelMask(left=2, top=1, pixels=pixels)
    same = resample_mask(mask, (4, 6), (4, 6))
    assert (same == shape_pixels(mask, 4, 6)).all()
    # centers of the smaller image lie in rows 1, 3 and columns 1, 3, 5: the mask's own 0 and 1, 3
    assert resample_mask(mask, (4, 6), (2, 3)).tolist() == [[False, False, True], [False] * 3]
    doubled = resample_mask(mask, (4, 6), (8, 12))
    assert (doubled == np.kron(same, np.ones((2, 2), bool))).all()


def test_the_part_of_a_mask_beyond_the_image_is_cut_off_and_no_pixel_is_none():
    mask = PixelMask(left=-1, top=3, pixels=np.ones((4, 3), bool))
    assert resample_mask(mask, (4, 4), (4, 4)).tolist() == [
        *[[False] * 4] * 3,
        [True, True, False, False],
    ]
    assert not resample_mask(PixelMask(0, 0, np.zeros((0, 0), bool)), (4, 4), (2, 2)).any()
