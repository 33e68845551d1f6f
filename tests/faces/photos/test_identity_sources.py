import zipfile
from pathlib import Path

import pytest

from triptych.faces.photos.identity_folder import IdentityFolder
from triptych.faces.photos.identity_sources import load_sources, merge_identities
from triptych.frame.errors import DataError

JPEG = bytes([0xFF, 0xD8, 0xFF, 0xE0]) + bytes(28)


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(JPEG + f"{folder}/{name}".encode())
    return folder


def contents(found: IdentityFolder) -> list[tuple[str, str]]:
    """Each photo's person, and where its bytes were read from."""
    return [(photo.person, photo.bytes()[len(JPEG) :].decode()) for photo in found.photos]


def test_people_of_several_folders_are_joined_and_no_photo_is_taken_for_another(tmp_path: Path):
    day = tree(tmp_path / "day", "Ann/1.jpg", "Bob/2.jpg")
    night = tree(tmp_path / "night", "Ann/1.jpg")
    found = merge_identities(load_sources([day, night, day]))
    assert found.counts == {"Ann": 2, "Bob": 1}
    assert sorted(contents(found)) == [
        ("Ann", f"{day}/Ann/1.jpg"),
        ("Ann", f"{night}/Ann/1.jpg"),
        ("Bob", f"{day}/Bob/2.jpg"),
    ]
    assert len({photo.name for photo in found.photos}) == 3
    assert found.notes == ("1 people are in several of the folders and joined.",)


def test_files_folders_and_zips_are_photos_of_the_one_who_is_named(tmp_path: Path):
    flat = tree(tmp_path / "flat", "1.jpg", "2019/2.jpg", "notes.txt")
    (flat / "notes.txt").write_text("nothing")
    tree(tmp_path, "a.jpg")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as file:
        file.writestr("1.jpg", JPEG + b"zipped")
    given = [tmp_path / "a.jpg", flat, tmp_path / "more.zip", tmp_path / "a.jpg"]
    (found,) = load_sources(given, name="Ann")
    assert contents(found) == [
        ("Ann", f"{tmp_path}/a.jpg"),
        ("Ann", f"{flat}/1.jpg"),
        ("Ann", f"{flat}/2019/2.jpg"),
        ("Ann", "zipped"),
    ]
    assert [each.photo for each in found.left_out] == ["notes.txt"]


def test_a_photo_without_a_name_and_a_name_for_many_people_are_refused(tmp_path: Path):
    team = tree(tmp_path / "team", "Ann/1.jpg", "Bob/1.jpg")
    with pytest.raises(DataError, match=r"is a photo, not a folder of people\. Say whose: --name"):
        load_sources([team / "Ann" / "1.jpg"])
    with pytest.raises(DataError, match="holds folders of photos, as Bob: all of Ann"):
        load_sources([team], name="Ann")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"Expected photos of Ann, found none in .*empty"):
        load_sources([tmp_path / "empty"], name="Ann")
