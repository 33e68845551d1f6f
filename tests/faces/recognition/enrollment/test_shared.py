"""Photos that lie with several people are found, and no other."""

import zipfile
from pathlib import Path

import pytest

from triptych.faces.gallery.enrollment.listing import GalleryPhoto
from triptych.faces.photos import identity_folder
from triptych.faces.photos.identity_folder import ImageFile, load_identities
from triptych.faces.recognition.enrollment.shared import (
    elsewhere_reason,
    photos_of_several,
    shared_reason,
)
from triptych.frame.storage import image_folder

FILES = {
    "Ada/1.jpg": b"a" * 900,
    "Ada/2.jpg": b"b" * 900,
    "Bo/1.jpg": b"a" * 900,
    "Bo/copy.jpg": b"c" * 900,
    "Bo/2.jpg": b"c" * 900,  # a copy of one person's is nobody else's
    "Cy/1.jpg": b"a" * 900,
    "Cy/3.jpg": b"d" * 800,
}
SHARED = {"Ada/1.jpg", "Bo/1.jpg", "Cy/1.jpg"}


@pytest.fixture(params=["folder", "zip"])
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if request.param == "folder":
        return folder
    with zipfile.ZipFile(tmp_path / "team.zip", "w") as packed:
        for name, content in FILES.items():
            packed.writestr(name, content)
    return tmp_path / "team.zip"


def test_only_what_looks_the_same_is_read_whole(team: Path, monkeypatch: pytest.MonkeyPatch):
    reads: list[str] = []

    def count(source: Path, name: str) -> bytes:
        reads.append(name)
        return image_folder.read_bytes(source, name)

    monkeypatch.setattr(identity_folder, "read_bytes", count)
    found = photos_of_several(load_identities(team).photos, 1)
    assert set(found) == SHARED == set(reads) and len(reads) == 3
    assert {photo.name for photo in found["Bo/1.jpg"]} == SHARED


def test_files_that_differ_elsewhere_are_two(tmp_path: Path):
    middle = b"m" * 2000
    photos = [
        ImageFile("Ada/1.jpg", "Ada", tmp_path, b"a" + middle),
        ImageFile("Bo/1.jpg", "Bo", tmp_path, b"b" + middle),
        ImageFile("Cy/none.jpg", "Cy", tmp_path),  # it is refused when it is read
    ]
    assert photos_of_several(photos) == {}


def test_reasons_name_both_places():
    people = {"Ada/1.jpg": "Ada", "Bo/1.jpg": "Bo", "Cy/1.jpg": "Cy"}
    assert "same photo as Ada/1.jpg and Cy/1.jpg" in shared_reason("Bo", people)
    other = GalleryPhoto(1, "Ada", "Ada/1.jpg", "d", 0, "/team", "", None)
    assert "under Ada (Ada/1.jpg of /team)" in elsewhere_reason(other)
