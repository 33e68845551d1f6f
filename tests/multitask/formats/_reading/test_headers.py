"""Sizes of pictures by their headers alone."""

from pathlib import Path

import pytest
from PIL import Image

from triptych.multitask.formats._reading.headers import picture_size


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40))])
def test_a_picture_is_measured_upright(
    tmp_path: Path, ending: str, orientation: int, size: tuple[int, int]
):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 30)).save(tmp_path / f"a.{ending}", exif=exif)
    assert picture_size(tmp_path / f"a.{ending}") == size


def test_what_is_no_picture_has_no_size(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff nothing")
    assert picture_size(tmp_path / "a.jpg") is None
    assert picture_size(tmp_path / "gone.jpg") is None
    assert picture_size(tmp_path) is None
