"""Detections as arrays: moved, turned back, compared and merged."""

import numpy as np
import pytest

from triptych.faces.detectors._detections import (
    NONE,
    Detections,
    box_ious,
    from_opencv,
    move,
    sides,
    suppress,
    to_faces,
    turn_back,
)


def boxed(*rows: tuple[float, float, float, float, float]) -> Detections:
    """Faces of a box and a score, with landmarks in its middle."""
    values = np.array(rows, np.float32)
    middle = (values[:, :2] + values[:, 2:4]) / 2
    return np.concatenate([values[:, :4], np.tile(middle, 5), values[:, 4:]], 1)


def test_opencv_gives_sizes_and_we_keep_corners() -> None:
    row = np.arange(15, dtype=np.float32)[None]
    assert from_opencv(row)[0].tolist() == [0, 1, 2, 4, *range(4, 15)]
    assert from_opencv(None).shape == from_opencv(row[:0]).shape == (0, 15)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_what_is_seen_in_a_turned_picture_lies_where_it_was(turns: int) -> None:
    picture = np.zeros((40, 70, 3), np.uint8)
    picture[10:14, 50:53] = 255  # five points in its corners, box around it
    rows, columns = np.nonzero(np.rot90(picture, turns)[..., 0])
    box = [columns.min(), rows.min(), columns.max(), rows.max()]
    seen = np.array([[*box, *box[:2] * 5, 0.9]], np.float32)
    back = turn_back(seen, turns, 40, 70)
    assert back[0, :4].tolist() == [50, 10, 52, 13]
    x, y = back[0, 4:6].astype(int)
    assert picture[y, x, 0] == 255


def test_faces_tell_by_how_much_the_photo_was_turned() -> None:
    one = boxed((0, 0, 10, 10, 0.9))
    assert [to_faces(one, turns)[0].turn for turns in range(4)] == [0, 270, 180, 90]


def test_the_largest_face_comes_first() -> None:
    faces = to_faces(boxed((0, 0, 10, 10, 0.9), (20, 20, 50, 50, 0.7)), 0)
    assert [face.area for face in faces] == [900, 100]


def test_points_are_stretched_and_then_shifted() -> None:
    moved = move(boxed((0, 2, 10, 12, 0.5)), np.array([2, 3]), np.array([1, -1]))
    assert moved[0, :6].tolist() == [1, 5, 21, 35, 11, 20] and moved[0, 14] == 0.5


def test_overlap_is_shared_over_covered() -> None:
    first, second = boxed((0, 0, 10, 10, 1)), boxed((5, 0, 15, 10, 1), (50, 50, 60, 60, 1))
    assert box_ious(first, second) == pytest.approx(np.array([[1 / 3, 0]]))
    assert sides(second).tolist() == [10, 10]
    assert box_ious(NONE, second).shape == (0, 2)


def test_of_two_that_overlap_the_surer_is_kept() -> None:
    three = boxed((0, 0, 10, 10, 0.7), (1, 0, 11, 10, 0.9), (30, 0, 40, 10, 0.6))
    assert suppress(three, 0.3)[:, 14] == pytest.approx([0.9, 0.6])
    assert len(suppress(NONE, 0.3)) == 0
