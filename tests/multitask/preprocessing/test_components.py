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


def test_small_zeros_beside_tall_sevens_are_characters() -> None:
    row = [(20, 40, 60, 130), (75, 90, 95, 120), (110, 85, 140, 125), (150, 92, 172, 120)]
    assert boxes(page(*row)) == row


def test_slanted_neighbors_whose_boxes_overlap_stay_apart() -> None:
    ink = page((20, 60, 50, 100))
    for row in range(20, 150):  # a stroke that leans over the ring's box
        column = 90 - row // 3
        ink[row, column : column + 5] = 1
    assert len(boxes(ink)) == 2


def test_halves_of_a_broken_stroke_are_one_character() -> None:
    ink = page((60, 40, 100, 140))
    ink[86:92, :] = 0
    assert boxes(ink) == [(60, 40, 100, 140)]


def test_faint_ink_belongs_to_a_stroke_that_is_faint_on_the_whole() -> None:
    faint = page((60, 40, 100, 140)) * 0.3
    faint[50:60] *= 1.6
    dark = page((160, 40, 200, 140))
    dark[80:84, 200:230] = 0.3  # a smear
    assert boxes(faint + dark) == [(60, 40, 100, 140), (160, 40, 200, 140)]


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
