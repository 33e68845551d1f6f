"""A sheet shows every image whole, in rows, with its words."""

import math

import numpy as np
import pytest

from triptych.frame.drawing.colors import BACKGROUND
from triptych.frame.drawing.contact_sheet import contact_sheet


def colored(pixels: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    return (pixels == color).all(2)


def test_cells_of_a_sheet_are_aligned_though_pictures_differ_in_size():
    sizes = [(30, 40), (50, 20), (10, 10), (30, 40), (50, 40)]
    pictures = [np.full((*size, 3), i, np.uint8) for i, size in enumerate(sizes)]
    paper = contact_sheet(pictures, columns=3)
    corners = []
    for number in range(5):
        rows, columns = np.nonzero(colored(paper, (number, number, number)))
        assert len(rows) == math.prod(sizes[number])
        corners.append((rows.min(), columns.min()))
    gap = corners[0][0]
    assert (
        corners
        == [
            (row, column)
            for row in (gap, 2 * gap + 50)
            for column in (gap, 2 * gap + 40, 3 * gap + 80)
        ][:5]
    )
    assert paper.shape == (3 * gap + 100, 4 * gap + 120, 3)


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (7, 4), (9, 3), (10, 5), (24, 6)]
)
def test_a_sheet_leaves_few_holes(count: int, columns: int):
    paper = contact_sheet([np.zeros((10, 10, 3), np.uint8)] * count)
    assert paper.shape == (20 + 30 * -(-count // columns), 20 + 30 * columns, 3)


def test_title_and_notes_are_written_beside_the_pictures():
    pictures = [np.full((40, 60, 3), 200, np.uint8)] * 2
    plain = contact_sheet(pictures)
    told = contact_sheet(
        pictures, title="Zwölf Gesichter " * 9, notes=["#1 iou 0.93, and so on and on"]
    )
    assert told.shape[1] == plain.shape[1] and len(told) > len(plain)
    assert colored(told, (200, 200, 200)).sum() == 2 * 40 * 60
    assert (told[:, -20:] == BACKGROUND).all() and (told[:20].min((1, 2)) > 200).any()


def test_a_title_is_broken_rather_than_cut():
    pictures = [np.full((40, 160, 3), 200, np.uint8)]
    short, long = (contact_sheet(pictures, title=title) for title in ("digits", "digits " * 5))
    assert long.shape[1] == short.shape[1] and len(long) > len(short)


def test_an_empty_sheet_is_still_a_sheet():
    assert contact_sheet([], title="none", notes=[]).shape[2] == 3


def test_photographs_are_shrunk_to_fit_a_sheet():
    paper = contact_sheet([np.zeros((2000, 4000, 3), np.uint8)] * 3, columns=3)
    assert paper.shape == (256 + 40, 3 * 512 + 80, 3)
