import math

import numpy as np
import pytest

from triptych.multitask.formats._reading.drawn import (
    ShapeError,
    check_mask_size,
    ellipse,
    numbers,
    points,
    polygon,
    shown,
    turned_box,
)
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import Ellipse, OrientedBox


def test_numbers_may_be_written_as_text():
    assert numbers([1, "2.5"], "a box") == [1, 2.5]
    assert points([["1", 2], [3, 4.5]], 2, "line").tolist() == [[1, 2], [3, 4.5]]


@pytest.mark.parametrize(
    "values", [[math.nan], [math.inf], [1e9], [True], [None], ["x"], [[1]], {}, None, [10**400]]
)
def test_what_is_no_coordinate_is_told(values: object):
    with pytest.raises(ShapeError):
        numbers(values, "a box", 1)
    with pytest.raises(ShapeError):
        points([[3, 4], [5, values]], 2, "line")
    with pytest.raises(ShapeError):
        points(values, 1, "line")


def test_a_round_ellipse_is_a_circle():
    assert ellipse(3, 4, 5, 5.000001) == Circle(3, 4, 5)
    assert ellipse(3, 4, 5, 5.01) == Ellipse(3, 4, 5, 5.01)
    with pytest.raises(ShapeError, match="5 and -1"):
        ellipse(3, 4, 5, -1)


def test_a_box_of_no_angle_is_upright():
    assert turned_box(10, 10, 4, 2, 0) == BoundingBox(8, 9, 12, 11)
    assert turned_box(10, 10, 4, 2, 1) == OrientedBox(10, 10, 4, 2, 1)
    with pytest.raises(ShapeError):
        turned_box(10, 10, 0, 2, 1)


def test_a_small_polygon_far_out_has_an_area():
    far = 1e6 + np.array([[0, 0], [0.01, 0], [0, 0.01]])
    assert len(polygon(far).parts[0]) == 3
    with pytest.raises(ShapeError, match="one line"):
        polygon([[1, 1], [2, 2], [3, 3]])


@pytest.mark.parametrize(("height", "width"), [(0, 5), (5, 0), (-1, -1), (20_000, 20_000)])
def test_a_mask_has_a_size(height: int, width: int):
    with pytest.raises(ShapeError):
        check_mask_size(height, width)


def test_what_is_shown_is_one_short_line():
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 10_000)) <= 62
    assert len(shown(list(range(10_000)))) == 60
