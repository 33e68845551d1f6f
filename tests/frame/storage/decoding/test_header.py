"""Headers of pictures tell their stored and their upright size, whatever the format."""

from io import BytesIO

import pytest
from PIL import Image

from triptych.frame.storage.decoding.header import Header, header_of


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(("orientation", "upright"), [(1, (30, 20)), (3, (30, 20)), (6, (20, 30))])
def test_sides_change_places_where_exif_says_so(kind: str, orientation: int, upright: tuple):
    exif = Image.Exif()
    exif[0x0112] = orientation
    packed = BytesIO()
    Image.new("RGB", (30, 20)).save(packed, kind, exif=exif)
    with Image.open(packed) as image:
        header = header_of(image)
    assert header == Header(30, 20, orientation)
    assert header.upright == upright


def test_an_orientation_that_is_none_counts_as_upright():
    exif = Image.Exif()
    exif[0x0112] = 99
    packed = BytesIO()
    Image.new("RGB", (30, 20)).save(packed, "JPEG", exif=exif)
    with Image.open(packed) as image:
        assert header_of(image) == Header(30, 20)
