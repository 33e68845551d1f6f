"""JPEG files read smaller; everything else, and what is damaged, as it always is."""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.frame.storage.decoding import reduced_image
from triptych.frame.storage.decoding.reduced_image import as_reduced_image
from triptych.frame.storage.images import as_image, resize


def packed(height: int, width: int, kind: str = "JPEG", **options: object) -> bytes:
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([rows * 255 // height, columns * 255 // width, rows * 0 + 90], 2)
    file = BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(("side", "by"), [(640, 1), (300, 2), (150, 4), (75, 8), (1, 8)])
def test_a_jpeg_is_as_small_as_is_enough(side: int, by: int) -> None:
    image, divided = as_reduced_image(packed(500, 903), side)
    assert divided == by
    assert image.shape == (-(-500 // by), -(-903 // by), 3)
    whole = resize(as_image(packed(500, 903)), *image.shape[:2])
    assert np.abs(image.astype(int) - whole).mean() < 3


def test_broken_exif_is_no_warning_of_another_library() -> None:
    size = b"MM\0*\0\0\0\x08\0\x02" + b"\x01\x1a\0\x05\0\0\0\x01\0\0\xff\xff" * 2  # ends too early
    content = packed(400, 400, exif=b"Exif\0\0" + size)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert as_reduced_image(content, 100)[1] == 4
    assert told == []


def test_bytes_paths_and_other_kinds_are_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("photos") / "a.jpg"
    path.write_bytes(packed(400, 400))
    assert as_reduced_image(path, 100)[1] == as_reduced_image(str(path), 100)[1] == 4
    assert as_reduced_image(bytearray(path.read_bytes()), 100)[1] == 4
    assert as_reduced_image(packed(400, 400, "PNG"), 100)[1] == 1
    assert as_reduced_image(np.zeros((400, 400, 3), np.uint8), 100)[1] == 1


def test_a_photo_that_its_camera_turned_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image, by = as_reduced_image(packed(400, 800, exif=exif), 200)
    assert (image.shape, by) == ((400, 200, 3), 2)


def test_more_pixels_than_are_read_are_read_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced_image, "MAX_PIXELS", 100_000)
    assert as_reduced_image(packed(400, 500), np.inf)[1] == 2
    assert as_reduced_image(packed(400, 500, progressive=True), np.inf)[1] == 1


def test_a_photo_of_108_million_pixels_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("photos") / "phone.jpg"
    Image.new("RGB", (12000, 9000), (90, 120, 60)).save(path, quality=70)
    image, by = as_reduced_image(path, 640)
    assert (by, image.shape) == (8, (1125, 1500, 3))
    with pytest.raises(ImageError, match="at most 100 million pixels"):
        as_image(path)


def test_far_too_many_pixels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced_image, "REDUCIBLE", 100_000)
    monkeypatch.setattr("triptych.frame.storage.decoding.decode.MAX_PIXELS", 50_000)
    with pytest.raises(ImageError, match="Shrink it"):
        as_reduced_image(packed(400, 500), 10)


@pytest.mark.parametrize("cut", [3, 20, 300, 3000])
def test_damage_is_told_as_it_always_is(cut: int) -> None:
    with pytest.raises(ImageError):
        as_reduced_image(packed(900, 900)[:cut], 100)


def test_what_is_no_file_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = tmp_path_factory.mktemp("photos")
    for source in (folder, folder / "none.jpg", "\0", b""):
        with pytest.raises(ImageError):
            as_reduced_image(source, 100)
