"""One person under two names."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.enrollment.alike import alike_people, nearest_of_each_pair
from triptych.faces.recognition.enrollment.result import AlikePeople

from ...calibration.test_calibration import SOME
from ..colors import MeanColor


def unit(*degrees: float) -> np.ndarray:
    turn = np.deg2rad(degrees)
    return np.stack([np.cos(turn), np.sin(turn), 0 * turn], 1).astype(np.float32)


@pytest.fixture
def gallery(tmp_path: Path):
    with Gallery.open(str(tmp_path / "p.db"), encoder=MeanColor(), create=True) as opened:
        rows = Embeddings(unit(0, 10, 80), ("a/1", "a/2", "b/1"), ("a", "a", "b"), "colors-1")
        opened.enroll(rows, ["1", "2", "3"])
        yield opened


def rows(degrees: float, person: str) -> Embeddings:
    return Embeddings(unit(degrees), (f"{person}/1",), (person,), "colors-1")


def test_people_within_the_threshold_are_alike(gallery: Gallery):
    near = rows(20, "c")
    gallery.enroll(near, ["4"])
    assert list(alike_people(gallery, MeanColor(), near)) == []  # there is no threshold
    gallery.calibration = replace(SOME, encoder="colors-1", threshold=0.2)
    (pair,) = alike_people(gallery, MeanColor(), near)
    assert (pair.person, pair.other, pair.other_photo) == ("c", "a", "a/2")
    assert pair.distance == pytest.approx(2 * np.sin(np.deg2rad(5)), abs=1e-4)
    far = rows(50, "d")
    gallery.enroll(far, ["5"])
    assert list(alike_people(gallery, MeanColor(), far)) == []


def test_of_two_people_the_nearest_photos_are_told():
    pairs = [
        AlikePeople("a", "a/1", "b", "b/1", 0.5),
        AlikePeople("b", "b/2", "a", "a/1", 0.4),
        AlikePeople("a", "a/1", "c", "c/1", 0.3),
    ]
    assert nearest_of_each_pair(pairs) == (pairs[2], pairs[1])
