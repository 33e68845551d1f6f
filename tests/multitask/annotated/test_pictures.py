"""Pictures are read in the frame in which they were annotated, or refused."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.multitask.annotated.pictures import read_picture
from triptych.multitask.structures.annotated_image import AnnotatedImage


def stored(orientation: int, width: int = 64, height: int = 48) -> bytes:
    """A dark picture with a bright square of 16 pixels in the left upper corner that is stored."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:16, :16] = 255
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def bright_corner(pixels: np.ndarray) -> tuple[bool, bool]:
    """Whether the bright square is at the top, and at the left."""
    rows, columns = np.nonzero(pixels[..., 0] > 128)
    height, width = pixels.shape[:2]
    return bool(rows.mean() < height / 2), bool(columns.mean() < width / 2)


# where EXIF puts the corner that is stored first: (at the top, at the left)
CORNERS = {5: (True, True), 6: (True, False), 7: (False, False), 8: (False, True)}


@pytest.mark.parametrize("orientation", CORNERS)
def test_a_picture_is_turned_upright_unless_its_annotation_saw_it_as_stored(
    tmp_path: Path, orientation: int
):
    path = tmp_path / "a.jpg"
    path.write_bytes(stored(orientation))
    for size in ((None, None), (48, 64)):
        upright = read_picture(AnnotatedImage(path, *size))
        assert (upright.width, upright.height) == (48, 64)
        assert upright.pixels.shape == (64, 48, 3)
        assert bright_corner(upright.pixels) == CORNERS[orientation]
    lying = read_picture(AnnotatedImage(path, 64, 48))
    assert (lying.width, lying.height) == (64, 48)
    assert lying.pixels.shape == (48, 64, 3)
    assert bright_corner(lying.pixels) == (True, True)


def test_another_size_than_is_stated_is_refused_or_given_as_it_is(tmp_path: Path):
    path = tmp_path / "a.jpg"
    path.write_bytes(stored(1))
    with pytest.raises(ImageError, match="has 64×48 pixels, but its annotation says 48×64"):
        read_picture(AnnotatedImage(path, 48, 64))
    picture = read_picture(AnnotatedImage(path, 10, 10), any_size=True)
    assert (picture.width, picture.height) == (64, 48)


def test_a_large_jpeg_is_read_smaller_and_its_own_size_told(tmp_path: Path):
    path = tmp_path / "a.jpg"
    path.write_bytes(stored(6, 800, 400))
    picture = read_picture(AnnotatedImage(path), side=100)
    assert (picture.width, picture.height) == (400, 800)
    assert picture.pixels.shape == (200, 100, 3)


def test_a_picture_within_a_larger_file_is_read_from_its_place(tmp_path: Path):
    path, content = tmp_path / "shard.tar", stored(1)
    path.write_bytes(b"before" + content + b"after")
    image = AnnotatedImage(path, 64, 48, offset=6, size=len(content), name="a.jpg")
    assert bright_corner(read_picture(image).pixels) == (True, True)
    cut = AnnotatedImage(path, offset=6, size=100, name="a.jpg")
    with pytest.raises(ImageError, match=r"a\.jpg"):
        read_picture(cut)
    path.unlink()
    with pytest.raises(ImageError, match=r"Cannot read a\.jpg in .*shard\.tar: no such file"):
        read_picture(image)
