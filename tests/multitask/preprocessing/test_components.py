"""Strokes become characters in reading order; dust, rules and edges are left out."""

import numpy as np

from triptych.multitask.preprocessing.components import find_writing


def page(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (200, 300)) -> np.ndarray:
    """An ink map with a ring of ink around each box (left, top, right, bottom)."""
    ink = np.zeros(size, np.float32)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = 1
        ink[top + 4 : bottom - 4, left + 4 : right - 4] = 0
    return ink


def boxes(ink: np.ndarray) -> list[tuple[int, int, int, int]]:
    return [(c.left, c.top, c.right, c.bottom) for c in find_writing(ink).characters]


def test_characters_come_row_by_row() -> None:
    row = [(20, 30, 45, 70), (60, 26, 85, 68), (110, 34, 130, 72)]
    below = [(25, 110, 50, 150), (70, 118, 95, 155)]
    assert boxes(page(*below[::-1], *row[::-1])) == [*row, *below]


def test_dust_and_rules_are_left_out() -> None:
    ink = page((60, 60, 90, 110))
    ink[10:12, 10:12] = 1
    ink[150:153, 20:280] = 1
    assert boxes(ink) == [(60, 60, 90, 110)]


def test_a_desk_around_the_sheet_is_left_out() -> None:
    ink = page((60, 60, 90, 110))
    ink[180:] = 1
    ink[:, :6] = 1
    ink[20:60, 294:] = 1
    assert boxes(ink) == [(60, 60, 90, 110)]


def test_one_character_may_touch_the_edge() -> None:
    assert boxes(page((0, 20, 60, 160))) == [(0, 20, 60, 160)]
    assert boxes(page((0, 0, 300, 200))) == [(0, 0, 300, 200)]


def test_a_loose_bar_belongs_to_its_character() -> None:
    writing = find_writing(page((60, 60, 100, 120), (66, 44, 104, 54)))
    (five,) = writing.characters
    assert (five.left, five.top, five.right, five.bottom) == (60, 44, 104, 120)
    assert five.height == 76 and five.width == 44 and len(five.labels) == 2
    mask = writing.mask(five)
    assert mask.shape == (76, 44) and mask[0, 10] and not mask[12].any()


def test_a_stroke_within_another_belongs_to_it() -> None:
    assert boxes(page((60, 60, 120, 140), (80, 80, 96, 110))) == [(60, 60, 120, 140)]


def test_nothing_is_written_on_nothing() -> None:
    assert boxes(np.zeros((50, 60), np.float32)) == []


def test_faint_writing_is_seen_where_only_an_edge_is_dark() -> None:
    ink = page((60, 60, 90, 110)) * 0.3
    ink[180:] = 1
    assert boxes(ink) == [(60, 60, 90, 110)]
