"""Shapes from cells."""

import pytest

from triptych.frame.errors import DataError
from triptych.multitask.formats._csv_table.shapes import (
    clip_box,
    is_empty,
    largest,
    parse_box,
    parse_circle,
)
from triptych.multitask.structures.annotations import BoundingBox, Circle


def test_empty_cells_say_nothing():
    assert is_empty([None, "", " ", float("nan")])
    assert not is_empty([None, 0])


@pytest.mark.parametrize("cell", ["[1, 2, 3, 4]", "1 2 3 4", "(1,2,3,4)", [1, 2, 3, 4]])
def test_four_numbers_in_one_cell(cell: object):
    assert parse_box([cell], "xyxy", None) == BoundingBox(1, 2, 3, 4)
    assert largest([cell]) == 4


@pytest.mark.parametrize(
    "cells", [["1", "2", "3", "x"], ["5", "2", "3", "4"], ["[1, 2"], [7], ["[" * 9999]]
)
def test_what_is_no_box_is_refused(cells: list):
    with pytest.raises(DataError):
        parse_box(cells, "xyxy", None)


def test_a_box_is_cut_to_its_picture():
    assert clip_box(BoundingBox(-1, 2, 30, 4), (20, 10)) == BoundingBox(0, 2, 20, 4)
    with pytest.raises(DataError, match="outside"):
        clip_box(BoundingBox(30, 2, 40, 4), (20, 10))


def test_a_radius_in_fractions_is_one_of_the_width():
    assert parse_circle([".5", ".5", ".05"], (200, 100)) == Circle(100, 50, 10)
    with pytest.raises(DataError, match="radius"):
        parse_circle([1, 1, 0], None)
