"""Printed lines go, upright or not; strokes that cross them, and single bars, stay."""

import cv2
import numpy as np
import pytest

from triptych.multitask.preprocessing.components import find_writing
from triptych.multitask.preprocessing.rules import without_rules


def page(*, slope: float = 0.0, squared: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Lines with a ring over them, and the ring alone."""
    lines = np.zeros((400, 600), np.float32)
    for y in range(-40, 460, 50):
        cv2.line(lines, (0, y), (600, round(y + 600 * slope)), 0.7, 2)
    if squared:
        for x in range(20, 600, 50):
            cv2.line(lines, (x, 0), (round(x - 400 * slope), 400), 0.7, 2)
    ring = np.zeros_like(lines)
    cv2.circle(ring, (300, 200), 60, 1.0, 12)
    return np.maximum(lines, ring), ring


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.05])
@pytest.mark.parametrize("squared", [False, True])
def test_lines_go_and_what_crosses_them_stays(slope: float, squared: bool) -> None:
    ink, ring = page(slope=slope, squared=squared)
    left = without_rules(ink) > 0.4
    true = ring > 0.4
    assert (left & true).sum() / true.sum() > 0.9
    assert (left & ~true).sum() < 0.2 * true.sum()
    (one,) = find_writing(without_rules(ink)).characters
    assert abs(one.width - 132) < 20 and abs(one.height - 132) < 20


def test_a_single_bar_is_no_ruled_paper() -> None:
    seven = np.zeros((200, 120), np.float32)
    cv2.polylines(seven, [np.array([[2, 4], [117, 4], [40, 196]], np.int32)], False, 1.0, 3)
    assert np.array_equal(without_rules(seven), seven)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3, 3)], ids=str)
def test_images_without_room_for_lines_are_no_error(shape: tuple[int, int]) -> None:
    assert without_rules(np.ones(shape, np.float32)).shape == shape
