"""A picture is read small and upright; whatever is wrong with it is a reason."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.multitask.check.pictures.reading import PictureFile, read_picture


def photo(path: Path, orientation: int = 1, size: tuple[int, int] = (80, 40)) -> Path:
    """White with a black left upper quarter, as it is stored."""
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, exif=exif)
    return path


@pytest.mark.parametrize("ending", ["jpg", "png"])
@pytest.mark.parametrize("deep", [False, True])
def test_a_turned_picture_is_seen_upright_and_its_stored_size_is_told(
    tmp_path: Path, ending: str, deep: bool
):
    picture = read_picture(PictureFile(photo(tmp_path / f"a.{ending}", 6)), deep=deep)
    assert (picture.width, picture.height, picture.orientation) == (80, 40, 6)
    assert picture.small is not None and picture.reason == ""
    corners = picture.small[[4, 4, -4, -4], [4, -4, 4, -4]]
    assert (corners < 128).tolist() == [False, True, False, False]  # a quarter clockwise


def test_the_bytes_of_a_picture_in_another_file_are_read(tmp_path: Path):
    content = photo(tmp_path / "a.png").read_bytes()
    (tmp_path / "shard.tar").write_bytes(b"x" * 100 + content + b"y" * 50)
    alone = read_picture(PictureFile(tmp_path / "a.png"))
    inside = read_picture(PictureFile(tmp_path / "shard.tar", 100, len(content)))
    assert inside.digest == alone.digest and inside.width == 80


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"GIF89", "no picture"),
        (b"hello there", "no picture"),
        (b"\xff\xd8\xff" + bytes(50), "damaged"),
        (None, "cannot be read"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, content: bytes | None, words: str):
    if content is not None:
        (tmp_path / "a.jpg").write_bytes(content)
    picture = read_picture(PictureFile(tmp_path / "a.jpg"))
    assert words in picture.reason and "\n" not in picture.reason
    assert picture.small is None


def test_a_picture_that_is_cut_short_keeps_its_size(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 255, (300, 300), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) // 2])
    picture = read_picture(PictureFile(tmp_path / "a.jpg"))
    assert (picture.width, picture.height) == (300, 300)
    assert "truncated" in picture.reason
