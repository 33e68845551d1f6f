import zipfile
from pathlib import Path

import pytest

from triptych.frame.errors import DataError, ImageError
from triptych.frame.storage.decoding import decode
from triptych.frame.storage.image_folder import list_folder, list_images, read_bytes

JPEG = bytes([0xFF, 0xD8, 0xFF, 0xE0]) + bytes(28)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/2.png", "a.jpg", "b/.hidden.png", ".thumbs/1.jpg", "__MACOSX/a.jpg", "a.txt"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(name.encode())
    return tmp_path / "photos"


@pytest.fixture
def packed(folder: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
        for path in folder.rglob("*"):
            file.write(path, path.relative_to(folder).as_posix())
    return tmp_path / "photos.zip"


@pytest.mark.parametrize("kind", ["folder", "packed"])
def test_photos_are_listed_and_read_alike_in_folders_and_zips(
    kind: str, request: pytest.FixtureRequest
):
    place = request.getfixturevalue(kind)
    assert list_images(place, "photos") == ["a.jpg", "b/2.png"]
    assert read_bytes(place, "b/2.png") == b"b/2.png"
    with pytest.raises(ImageError, match=r"Cannot read c\.png in "):
        read_bytes(place, "c.png")


def test_what_is_left_out_is_named_with_the_reason(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decode, "find_spec", lambda name: None)
    decode.readable_formats.cache_clear()
    for name in ("IMG_1.HEIC", "noext", "Thumbs.db"):
        (folder / name).write_bytes(b"x")
    (folder / "gone.jpg").symlink_to(folder / "nothing.jpg")
    (folder / "linked.jpg").symlink_to(folder / "a.jpg")
    (folder / "elsewhere").symlink_to(folder / "b")
    (folder / "photo").write_bytes(JPEG)
    (folder / "photo.jpg_large").write_bytes(JPEG)
    listing = list_folder(folder, "photos")
    assert listing.names == ("a.jpg", "b/2.png", "linked.jpg", "photo", "photo.jpg_large")
    reasons = {each.photo: each.reason for each in listing.left_out}
    assert list(reasons) == ["IMG_1.HEIC", "a.txt", "elsewhere", "gone.jpg", "noext"]
    for name, words in {
        "IMG_1.HEIC": "pip install 'triptych[heic]'",
        "a.txt": ".txt is no picture",
        "elsewhere": "a link to a folder that is read in its own place",
        "gone.jpg": "a link that leads nowhere",
        "noext": "has no ending",
    }.items():
        assert words in reasons[name] and name in reasons[name]
    flat = list_folder(folder, "photos", recursive=False)
    assert flat.names == ("a.jpg", "linked.jpg", "photo", "photo.jpg_large")
    assert "--recursive" in {each.photo: each.reason for each in flat.left_out}["b"]
    decode.readable_formats.cache_clear()


@pytest.mark.parametrize("kind", ["folder", "packed"])
def test_what_is_larger_than_any_photo_is_not_read(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    place = request.getfixturevalue(kind)
    monkeypatch.setattr("triptych.frame.storage.image_folder.MAX_BYTES", 6)
    assert read_bytes(place, "a.jpg") == b"a.jpg"
    with pytest.raises(ImageError, match=r"larger than|unpacks to more than"):
        read_bytes(place, "b/2.png")


def test_a_zip_written_anew_is_read_anew(packed: Path):
    assert read_bytes(packed, "a.jpg") == b"a.jpg"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.jpg", "another, longer photo")
    assert read_bytes(packed, "a.jpg") == b"another, longer photo"


def test_a_place_that_cannot_be_read_says_what_was_expected(tmp_path: Path):
    (tmp_path / "no.zip").write_text("no zip")
    for name in ("nothing", "no.zip"):
        with pytest.raises(DataError, match=rf"Expected a zoo, but .*{name} cannot be read"):
            list_images(tmp_path / name, "a zoo")


def test_files_without_a_pictures_ending_are_known_by_their_first_bytes_in_zips_too(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
        file.writestr("Ann/photo", JPEG)
        file.writestr("Ann/README", "Python notes")
    listing = list_folder(tmp_path / "photos.zip", "photos")
    assert listing.names == ("Ann/photo",)
    assert [each.photo for each in listing.left_out] == ["Ann/README"]
    assert "does not begin as a picture" in listing.left_out[0].reason


def test_a_damaged_entry_without_an_ending_is_told(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("photo", JPEG)
        file.writestr("a.jpg", JPEG)
    content = bytearray((tmp_path / "photos.zip").read_bytes())
    start = content.index(b"photo") + len(b"photo")
    content[start : start + 4] = b"\xff" * 4
    (tmp_path / "photos.zip").write_bytes(content)
    listing = list_folder(tmp_path / "photos.zip", "photos")
    assert listing.names == ("a.jpg",)
    assert "cannot be read" in listing.left_out[0].reason
