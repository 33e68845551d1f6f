"""Text and picture of an identification say the same of the same face."""

from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces.answers import identities as module
from triptych.cli.faces.answers.identities import (
    draw_identities,
    format_box,
    format_identity,
    person_colors,
    print_identities,
)
from triptych.faces.detection.face import Face
from triptych.faces.recognition.identify import Candidate, IdentifiedFace
from triptych.frame.drawing.colors import MUTED
from triptych.frame.storage import images


def face(x: float, y: float) -> Face:
    return Face(x, y, x + 40, y + 50, np.zeros((5, 2), np.float32), 0.9, 0.8)


def candidate(person: str, distance: float) -> Candidate:
    return Candidate(person, f"{person}/1.jpg", distance, None)


PARTY = [
    IdentifiedFace("a.jpg", "Ann", (candidate("Ann", 0.71), candidate("Bo", 1.3)), face(5, 10), 1),
    IdentifiedFace("a.jpg", None, (candidate("Bo", 1.24),), face(100, 10), 2),
    IdentifiedFace("b.jpg", None, (), None, 1),
]


def test_each_face_is_a_line_below_its_photo(capsys: pytest.CaptureFixture[str]):
    print_identities(PARTY)
    assert capsys.readouterr().out.splitlines() == [
        "a.jpg",
        "  1  Ann      0.71  at 5,10 40×50  · next Bo 1.30",
        "  2  unknown  1.24  at 100,10 40×50  · nearest Bo 1.24",
        "b.jpg",
        "  1  unknown     –  · nearest nobody",
    ]


def test_a_face_alone_in_a_gallery_has_no_next():
    alone = IdentifiedFace("a.jpg", "Ann", (candidate("Ann", 0.5),), face(0, 0), 1)
    assert format_identity(alone) == "  1  Ann  0.50  at 0,0 40×50"
    assert format_box(face(-3.6, 0)) == "-4,0 40×50"


def test_others_within_the_threshold_stand_before_the_next():
    near = candidate("Ann", 0.5), candidate("Bo", 0.6), candidate("Cy", 1.3)
    doubtful = IdentifiedFace("a.jpg", "Ann", near, None, 1, near[1:2])
    assert format_identity(doubtful) == "  1  Ann  0.50  · also Bo 0.60  · next Cy 1.30"


def test_the_picture_carries_numbers_names_and_distances(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    drawn = []

    def draw(photo: np.ndarray, labels: list) -> np.ndarray:
        drawn.append([(each.forms()[0], each.box) for each in labels])
        return photo

    monkeypatch.setattr(module, "draw_faces", draw)
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        images.save(name, np.full((60, 200, 3), 90, np.uint8))
    (tmp_path / "out").mkdir()
    draw_identities([Path("a.jpg"), Path("b.jpg"), Path("c.jpg")], PARTY, tmp_path / "out")
    assert drawn == [
        [("1 Ann 0.71", (5, 10, 45, 60)), ("2 unknown 1.24", (100, 10, 140, 60))],
        [("1 unknown", (0, 0, 200, 60))],
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png"]


def test_a_person_has_one_color_and_strangers_none():
    colors = person_colors(["Ann", None, "Bo", "Ann"])
    assert colors[None] == MUTED and len({*colors.values()}) == 3
