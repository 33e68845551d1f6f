"""A folder of people is listed as it is read, by the rules of `load_identities`."""

import itertools
import tracemalloc
from collections import deque
from pathlib import Path
from zipfile import ZipFile

import pytest

from triptych.faces.jobs import listing
from triptych.faces.jobs.listing import absolute_folder, stream_people
from triptych.faces.photos.identity_folder import load_identities
from triptych.frame.errors import DataError
from triptych.frame.storage.image_folder import SkippedImage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "team"
    for name in ("Ada/1.jpg", "Ada/2.PNG", "club/Bo/1.webp", ".hidden/1.jpg", "stray.jpg"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    (place / "Jose\u0301").mkdir()
    (place / "Jose\u0301" / "1.jpg").touch()
    (place / "Ada" / "notes.txt").touch()
    (place / "linked").symlink_to(tmp_path)
    return place


def packed(folder: Path) -> Path:
    place = folder.with_suffix(".zip")
    with ZipFile(place, "w") as archive:
        for file in folder.rglob("*"):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return place


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_photos_and_people_are_those_of_a_list_that_is_read_whole(folder: Path, kind: str) -> None:
    place = folder if kind == "folder" else packed(folder)
    skipped: list[SkippedImage] = []
    found = sorted(stream_people(place, skipped.append))
    whole = load_identities(place)
    assert found == sorted((photo.name, photo.person) for photo in whole.photos)
    assert ("Jose\u0301/1.jpg", "Jos\u00e9") in found
    names = {each.photo for each in skipped}
    assert names == {each.photo for each in whole.left_out} and "stray.jpg" in names


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        list(stream_people(tmp_path / "none", print))


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "Ada").mkdir()
    try:
        with open(bytes(tmp_path) + b"/Ada/\xff.jpg", "wb"):  # noqa: PTH123 - no Path of bytes
            pass
    except OSError:
        pytest.skip("this disk takes no such names")
    skipped: list[SkippedImage] = []
    assert list(stream_people(tmp_path, skipped.append)) == []
    assert "no text" in skipped[0].reason
    with pytest.raises(DataError, match="no such folder"):
        absolute_folder(tmp_path / "none")


def test_more_files_take_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stream(*_: object):
        return ((f"Ada/{number}.jpg", "") for number in range(7000))

    monkeypatch.setattr(listing, "stream_folder", stream)
    deque(stream_people(tmp_path, print), maxlen=0)  # what is kept once for all is kept now
    people = stream_people(tmp_path, print)
    tracemalloc.start()
    deque(itertools.islice(people, 6000), maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert next(people) == ("Ada/6000.jpg", "Ada") and peak < 100_000


def test_parts_of_a_set_are_joined_as_load_identities_does(tmp_path: Path) -> None:
    for name in ("train/Ada/1.jpg", "val/Ada/2.jpg", "val/Bob/2019/3.jpg", "val/loose.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    skipped: list[SkippedImage] = []
    notes: list[str] = []
    found = dict(stream_people(tmp_path, skipped.append, notes.append))
    assert tuple(notes) == load_identities(tmp_path).notes and len(notes) == 2
    assert found == {photo.name: photo.person for photo in load_identities(tmp_path).photos}
    assert set(found.values()) == {"Ada", "Bob"} and skipped[0].photo == "val/loose.jpg"
