from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from triptych.multitask.synthesis.canvas import Canvas
from triptych.multitask.synthesis.emoji import BROWN, EMOJI, render_emoji


@pytest.fixture(scope="module")
def faces() -> dict[str, NDArray[np.uint8]]:
    return {name: render_emoji(name) for name in EMOJI}


@pytest.mark.parametrize("name", EMOJI)
def test_a_face_is_round_opaque_and_leaves_a_margin(name: str, faces: dict[str, NDArray[np.uint8]]):
    alpha = faces[name][..., 3]
    assert alpha.shape == (72, 72)
    assert alpha[36, 36] == 255
    inked = np.flatnonzero(alpha.max(0)), np.flatnonzero(alpha.max(1))
    assert all(places[0] >= 4 and places[-1] < 68 for places in inked)
    assert (alpha > 127).sum() == pytest.approx(np.pi * 27**2, rel=0.1)


@pytest.mark.parametrize("name", EMOJI)
def test_edges_are_soft_and_keep_the_color_of_the_outline(
    name: str, faces: dict[str, NDArray[np.uint8]]
):
    face = faces[name]
    soft = (face[..., 3] > 0) & (face[..., 3] < 40)
    assert soft.sum() > 20
    assert np.median(abs(face[soft][:, :3].astype(int) - BROWN)) <= 3


def test_no_two_faces_look_alike(faces: dict[str, NDArray[np.uint8]]):
    for one, other in combinations(faces.values(), 2):
        difference = abs(one.astype(int) - other).max(2)
        assert (difference > 64).sum() > 250


def test_an_oval_covers_its_area():
    easel = Canvas(40, background=(0, 0, 0))
    easel.ellipse((20, 20), (12, 7), (255, 0, 0), degrees=30)
    assert easel.to_rgba()[..., 3].sum() / 255 == pytest.approx(np.pi * 12 * 7, rel=0.02)


def test_a_line_is_as_wide_as_asked_for():
    easel = Canvas(40, background=(0, 0, 0))
    easel.curve([(5, 20), (20, 20), (35, 20)], (9, 9, 9), 4)
    assert easel.to_rgba()[:, 20, 3].sum() / 255 == pytest.approx(4, abs=0.3)


def test_an_area_has_corners_where_its_sides_meet():
    easel = Canvas(40, background=(0, 0, 0))
    square = [(10, 10), (30, 10), (30, 30), (10, 30), (10, 10)]
    easel.filled_path(*pairwise(square), color=(1, 2, 3))
    picture = easel.to_rgba()
    assert picture[..., 3].sum() / 255 == pytest.approx(400, rel=0.02)
    assert picture[20, 20].tolist() == [1, 2, 3, 255]
