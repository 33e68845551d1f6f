"""Who is in a gallery, and how its photos were read."""

import json
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces.galleries.people import list_people, remove
from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import GalleryError

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def place(tmp_path: Path) -> str:
    place = str(tmp_path / "people.db")
    rows = Embeddings(np.eye(3, dtype=np.float32), ("a", "b", "c"), ("Ada", "Bo", "Bo"), "test")
    with Gallery.open(place, encoder="test", size=3, create=True) as gallery:
        gallery.enroll(rows, ["1", "2", "3"], settings={"aligned": False})
    return place


def reread(place: str, digest: str, settings: dict[str, bool] | None) -> None:
    names = {"1": "Ada", "4": "Cy"}
    row = Embeddings(np.eye(3, dtype=np.float32)[:1], ("x",), (names[digest],), "test")
    with Gallery.open(place) as gallery:
        gallery.enroll(row, [digest], settings=settings)


def test_people_and_ways_of_reading_are_listed(place: str, capsys: Capture):
    list_people(place, json=False)
    said = capsys.readouterr().out
    assert "2 people, 3 photos, encoder test" in said and "options" not in said
    reread(place, "1", {"aligned": True})
    reread(place, "4", None)
    list_people(place, json=False)
    said = capsys.readouterr().out
    assert "1 photos: not known how" in said and "several options" in said
    list_people(place, json=True)
    told = json.loads(capsys.readouterr().out)
    assert [(row["settings"], row["photos"]) for row in told["recipes"]] == [
        ({"aligned": False}, 2),
        (None, 1),
        ({"aligned": True}, 1),
    ]
    assert told["people"][1] == {"person": "Bo", "photos": 2} and told["encoder"] == "test"


def test_people_are_removed(place: str, capsys: Capture):
    remove(["Bo"], place)
    assert capsys.readouterr().out == "Bo: 2 photos removed.\n"
    with pytest.raises(GalleryError, match="There is no gallery"):
        remove(["Bo"], place + "x")
