from io import BytesIO

import pytest
from PIL import Image

from triptych.frame.storage.decoding import decode
from triptych.frame.storage.folders.signature import START, is_image, why_no_image

HEIC = b"\0\0\0\x18ftypheic" + bytes(20)


def start_of(kind: str, mode: str = "RGB") -> bytes:
    packed = BytesIO()
    Image.new(mode, (9, 7)).save(packed, kind)
    return packed.getvalue()[:START]


@pytest.mark.parametrize("kind", decode.FORMATS)
def test_every_format_is_known_by_its_first_bytes(kind: str):
    assert is_image(start_of(kind))
    assert why_no_image("noext", lambda: start_of(kind)) == ""
    assert why_no_image("photo.jpg_large", lambda: start_of(kind)) == ""


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_kinds_of_bitmap_and_of_ppm_are_known(mode: str):
    assert is_image(start_of("BMP", mode))
    assert mode == "P" or is_image(start_of("PPM", mode))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"P",
        b"Python is a language",
        b"BMW is a car of many letters, and more",
        b"\x00" * 32,
        b"P1 is the first",
        b"%PDF-1.7",
        b"II*",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        HEIC[:8] + b"mp42",
    ],
)
def test_other_files_are_no_pictures(text: bytes):
    assert not is_image(text)
    assert "does not begin as a picture" in why_no_image("README", lambda: text)
    assert why_no_image("a.txt", lambda: text) == ".txt is no picture that is read"


def test_a_file_with_a_pictures_ending_is_not_opened():
    def fail() -> bytes:
        raise AssertionError

    assert why_no_image("a.JPG", fail) == ""


def test_heic_without_pillow_heif_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decode, "find_spec", lambda name: None)
    decode.readable_formats.cache_clear()
    for name, start in (("IMG_1.HEIC", b""), ("noext", HEIC), ("IMG.dat", HEIC)):
        assert "pip install 'triptych[heic]'" in why_no_image(name, lambda start=start: start)
    # telephones call JPEGs so too
    assert why_no_image("IMG_2.HEIC", lambda: start_of("JPEG")) == ""
    decode.readable_formats.cache_clear()
