"""Faces are numbered as a page is read."""

import numpy as np
import pytest

from triptych.faces.drawing.reading_order import Box, reading_order


def square(x: float, y: float, side: float = 100) -> Box:
    return x, y, x + side, y + side


def test_rows_come_one_after_the_other_however_uneven():
    heads = [square(x, y) for y in (0, 200) for x in (0, 150, 300, 450)]
    jitter = np.random.default_rng(0).uniform(-30, 30, len(heads))
    uneven = [(x, y + d, r, b + d) for (x, y, r, b), d in zip(heads, jitter)]
    shuffled = np.random.default_rng(1).permutation(len(uneven))
    numbers = reading_order([uneven[place] for place in shuffled])
    assert [number - 1 for number in numbers] == shuffled.tolist()


def test_a_row_that_climbs_slowly_ends_where_it_shares_too_little():
    stairs = [square(110 * step, 40 * step) for step in range(6)]
    numbers = reading_order(stairs[::-1])
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6] and numbers[-1] == 1 and numbers[0] == 6


def test_a_small_face_beside_a_large_one_is_in_its_row():
    assert reading_order([square(400, 0, 400), square(0, 150, 60)]) == [2, 1]


@pytest.mark.parametrize("boxes", [[], [square(0, 0)], [square(0, 0)] * 3])
def test_each_number_is_given_once(boxes: list[Box]):
    assert sorted(reading_order(boxes)) == [*range(1, len(boxes) + 1)]
