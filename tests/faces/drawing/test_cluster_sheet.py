"""Sheets of people."""

import numpy as np

from triptych.faces.drawing.cluster_sheet import ROWS, SheetRow, cluster_sheets
from triptych.frame.drawing.colors import BACKGROUND

FACE = np.full((112, 112, 3), (10, 200, 30), np.uint8)


def row(faces: int, more: int = 0) -> SheetRow:
    return SheetRow("1  Ann", ["3 faces"], [(FACE, "0.5")] * faces, more)


def test_each_face_is_on_the_sheet_whole():
    (sheet,) = cluster_sheets([row(3), row(2, more=7)], "two people", "photos")
    green = (sheet == FACE[0, 0]).all(2)
    assert green.sum() == 5 * 112 * 112
    assert (sheet[0] == BACKGROUND).all() and (sheet[-1] == BACKGROUND).all()


def test_many_people_take_several_sheets_and_nobody_takes_one():
    sheets = [*cluster_sheets([row(1)] * (ROWS + 1), "many", "")]
    assert len(sheets) == 2 and sheets[1].shape[0] < sheets[0].shape[0]
    assert len([*cluster_sheets([], "nobody", "")]) == 1
