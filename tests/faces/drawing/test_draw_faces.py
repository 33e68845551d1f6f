"""Boxes and labels that can be read at any size of photo."""

import numpy as np
import pytest

from triptych.faces.drawing import draw_faces as module
from triptych.faces.drawing.draw_faces import FaceLabel, draw_faces

RED = (190, 20, 60)


def label(x: float, y: float, side: float, number: int = 1, name: str = "Ann") -> FaceLabel:
    return FaceLabel((x, y, x + side, y + side), number, name, "0.71", RED)


def written(monkeypatch: pytest.MonkeyPatch) -> list:
    """The labels that are written, with their size and place."""
    tags, write = [], module._write
    monkeypatch.setattr(module, "_write", lambda draw, tag: (tags.append(tag), write(draw, tag)))
    return tags


@pytest.mark.parametrize(
    ("size", "letters"), [((100, 80), (11, 40)), ((480, 640), (11, 30)), ((4000, 6000), (40, 130))]
)
def test_letters_and_lines_follow_the_photo(
    size: tuple[int, int], letters: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    tags = written(monkeypatch)
    side = 0.4 * min(size)
    drawn = draw_faces(np.full((*size, 3), 200, np.uint8), [label(0.2 * size[1], 30, side)])
    assert max(drawn.shape) >= 600 and tags[0].text == "1 Ann 0.71"
    assert letters[0] <= tags[0].size <= letters[1]
    red = (drawn == RED).all(2)
    assert 0.001 < red.mean() < 0.1


def test_a_crowd_is_labelled_smaller_then_by_number_with_a_list_below(
    monkeypatch: pytest.MonkeyPatch,
):
    tags = written(monkeypatch)
    crowd = [label(32 * (n % 20), 40 * (n // 20), 30, n + 1, f"Person {n}") for n in range(200)]
    photo = np.full((480, 640, 3), 200, np.uint8)
    drawn = draw_faces(photo, crowd)
    assert [tag.text for tag in tags] == [str(n + 1) for n in range(200)]
    assert drawn.shape[0] > 480 + 100 and drawn.shape[1] == 640


def test_few_faces_need_no_list_and_the_photo_is_not_changed():
    photo = np.full((480, 640), 200, np.uint8)[..., None].copy()
    drawn = draw_faces(photo, [label(50, 50, 100), label(400, 200, 100, 2)])
    assert drawn.shape == (480, 640, 3) and (photo == 200).all()
    assert draw_faces(photo, []).tolist() == np.repeat(photo, 3, 2).tolist()


def test_a_name_may_be_long_and_hold_anything():
    long = FaceLabel((0, 0, 10, 10), 7, "x\n" * 100, "1.00", RED)
    full, short, number = long.forms()
    assert full.startswith("7 x x") and full.endswith("… 1.00") and len(full) < 40
    assert "\n" not in short and number == "7"
