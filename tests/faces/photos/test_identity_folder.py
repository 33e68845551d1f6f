import zipfile
from pathlib import Path

import pytest

from triptych.faces.photos.identity_folder import IdentityFolder, content_hash, load_identities
from triptych.frame.errors import ConfigError, DataError, ImageError

NAMES = ("Ada/1.jpg", "Ada/2.png", "Bob O'Neil/1.pgm", "team/Zoë/a.webp")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*NAMES, "Ada/notes.txt", ".hidden/1.jpg", "Ada/.thumb.jpg", "loose.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def packed(folder: Path, place: Path) -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path != place:
                file.write(path, path.relative_to(folder).as_posix())
    return place


def told(found: IdentityFolder) -> list[tuple[str, str]]:
    return [(photo.person, photo.name) for photo in found.photos]


def test_each_folder_with_photos_is_a_person(folder: Path):
    assert told(load_identities(folder)) == [
        ("Ada", "Ada/1.jpg"),
        ("Ada", "Ada/2.png"),
        ("Bob O'Neil", "Bob O'Neil/1.pgm"),
        ("team/Zoë", "team/Zoë/a.webp"),
    ]


def test_a_zip_is_read_as_the_folder_is(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    place = packed(folder, tmp_path_factory.mktemp("zip") / "people.zip")
    assert told(load_identities(place)) == told(load_identities(folder))
    ours, theirs = load_identities(folder).photos, load_identities(place).photos
    assert [photo.bytes() for photo in ours] == [photo.bytes() for photo in theirs]
    assert ours[0].bytes() == b"Ada/1.jpg"


def test_two_spellings_of_an_accent_are_one_person(tmp_path: Path):
    for spelling, photo in (("Zoe\u0308", "1.jpg"), ("Zo\u00eb", "2.jpg")):
        (tmp_path / spelling).mkdir()
        (tmp_path / spelling / photo).touch()
    assert load_identities(tmp_path).counts == {"Zo\u00eb": 2}


def test_those_with_too_few_photos_are_left_out(folder: Path):
    found = load_identities(folder)
    assert found.counts == {"Ada": 2, "Bob O'Neil": 1, "team/Zoë": 1} and len(found) == 3
    assert len(found.with_min_photos(1, "training")) == 3
    with pytest.raises(ConfigError, match="1 of 3 people have 2 photos or more; training needs 2"):
        found.with_min_photos(2, "training")
    assert told(found.subset("Ada")) == [("Ada", "Ada/1.jpg"), ("Ada", "Ada/2.png")]


@pytest.mark.parametrize("given", ["nothing", "empty", "file", "zip"])
def test_no_people_is_told_in_a_line(given: str, tmp_path: Path):
    place = tmp_path / given
    if given == "empty":
        place.mkdir()
    elif given == "file":
        place.write_text("no zip")
    elif given == "zip":
        zipfile.ZipFile(place, "w").close()
    with pytest.raises(DataError, match="Expected a folder") as slip:
        load_identities(place)
    assert "\n" not in str(slip.value)


def test_a_photo_that_is_gone_is_told(folder: Path):
    photo = load_identities(folder).photos[0]
    (folder / photo.name).unlink()
    with pytest.raises(ImageError, match=r"Cannot read Ada/1\.jpg"):
        photo.bytes()


def test_a_damaged_entry_of_a_zip_is_told(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    place = packed(folder, tmp_path_factory.mktemp("zip") / "people.zip")
    content = bytearray(place.read_bytes())
    start = content.index(b"Ada/1.jpg") + len(b"Ada/1.jpg")
    content[start : start + 6] = b"\xff" * 6
    place.write_bytes(content)
    with pytest.raises(ImageError, match=r"Cannot read Ada/1\.jpg"):
        load_identities(place).photos[0].bytes()


def test_a_bomb_in_a_zip_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("triptych.frame.storage.image_folder.MAX_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "people.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Ada/1.jpg", bytes(2 << 20))
    with pytest.raises(ImageError, match="unpacks to more than 1 MB"):
        load_identities(tmp_path / "people.zip").photos[0].bytes()


def test_a_photo_is_known_by_its_content():
    assert content_hash(b"a") == content_hash(b"a") != content_hash(b"b")


@pytest.mark.real
def test_the_real_folders_hold_whom_they_should(data):
    faces = data("faces")
    expected = {"lfw-subset/lfw-subset": (10, 100), "orl/orl_faces": (40, 400)}
    for name, counts in expected.items():
        found = load_identities(faces / f"{name}.zip")
        assert (len(found), len(found.photos)) == counts
