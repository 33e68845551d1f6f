"""A sheet on a desk is found, whole, and goes on over its edges; writing alone is no sheet."""

import cv2
import numpy as np

from triptych.multitask.preprocessing.prepare import prepare_ink
from triptych.multitask.preprocessing.sheet import find_sheet, paint_around


def turned_sheet() -> tuple[np.ndarray, np.ndarray]:
    """A grey sheet with a ring of ink on a dark desk, and where the sheet is."""
    desk = np.full((500, 700), 45, np.uint8)
    corners = cv2.boxPoints(((350, 250), (420, 300), 9)).astype(np.int32)
    cv2.fillConvexPoly(desk, corners, 215)
    where = desk > 100
    cv2.circle(desk, (330, 240), 50, 70, 12)
    return desk, where


def test_a_sheet_is_found_with_what_is_written_on_it() -> None:
    image, where = turned_sheet()
    sheet = find_sheet((image > 100).astype(np.float32))
    assert sheet is not None and not (sheet & ~where).any()
    assert sheet.sum() / where.sum() > 0.9 and sheet[240, 280]  # on the ring


def test_writing_is_no_sheet() -> None:
    ink = np.zeros((300, 300), np.float32)
    assert find_sheet(ink) is None
    cv2.circle(ink, (150, 150), 110, 1.0, 20)
    assert find_sheet(ink) is None
    assert find_sheet(np.ones((300, 300), np.float32)) is None  # nothing lies around it


def test_around_a_sheet_it_is_as_bright_as_near_its_edge() -> None:
    image, _ = turned_sheet()
    sheet = find_sheet((image > 100).astype(np.float32))
    assert sheet is not None
    painted = paint_around(image, sheet)
    assert np.array_equal(painted[sheet], image[sheet])
    assert painted[~sheet].min() > 170 and painted[~sheet].max() < 225


def test_what_is_written_on_a_sheet_on_a_desk_is_found() -> None:
    image, _ = turned_sheet()
    (one,) = prepare_ink(image, (28, 28))
    circle = one.placement.circle_to_original(np.array([14.0, 14.0, 10.0], np.float32))
    assert np.abs(circle - [330, 240, 56]).max() < 6 and one.inverted
