"""What was annotated as it is stored is written so that every tool shows it as it is stored."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.multitask.annotated.conversion import convert
from triptych.multitask.annotated.opening import open_annotated
from triptych.multitask.annotated.pictures import read_picture
from triptych.multitask.formats._coco.writing import write_coco
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats._writing.orientation import as_annotated
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.shapes import shape_box


def picture(kind: str, orientation: int) -> bytes:
    """A dark picture of 64 × 48 pixels, bright from (8, 16) to (24, 40)."""
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[16:40, 8:24] = 240
    exif, out = Image.Exif(), BytesIO()
    exif[0x010F], exif[0x0112] = "a camera", orientation
    Image.fromarray(pixels).save(
        out, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {})
    )
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_the_turn_is_taken_away_and_the_pixels_stay(kind: str, orientation: int):
    before = picture(kind, orientation)
    with Image.open(BytesIO(as_annotated(before, (64, 48)))) as image:
        assert image.getexif()[0x0112] == 1
        assert image.getexif()[0x010F] == "a camera"
        with Image.open(BytesIO(before)) as stored:
            assert (np.asarray(image.convert("RGB")) == np.asarray(stored.convert("RGB"))).all()


@pytest.mark.parametrize("size", [(48, 64), (None, None), (10, 10)])
def test_what_was_annotated_upright_or_unknown_stays_byte_by_byte(size: tuple):
    content = picture("JPEG", 6)
    assert as_annotated(content, size) is content
    assert as_annotated(picture("JPEG", 1), (64, 48)) == picture("JPEG", 1)
    assert as_annotated(b"no picture", (64, 48)) == b"no picture"


@pytest.mark.parametrize("to", ["coco", "yolo", "cvat", "labelme"])
def test_boxes_lie_on_the_same_pixels_in_every_tool(to: str, tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(picture("JPEG", 6))
    box = BoundingBox(8, 16, 24, 40)
    things = (AnnotatedObject("bright", box), AnnotatedObject("dark", BoundingBox(30, 0, 60, 40)))
    image = AnnotatedImage(tmp_path / "a.jpg", 64, 48, split="train", objects=things)
    write_coco([image], Vocabulary(("bright", "dark")), tmp_path / "set")
    (tmp_path / "set" / "images" / "train" / "a.jpg").write_bytes(picture("JPEG", 6))
    convert(tmp_path / "set", to, tmp_path / "out")
    written = open_annotated(tmp_path / "out", to).image(0)
    with Image.open(written.file) as opened:  # as other tools see it
        assert opened.getexif()[0x0112] == 1
    objects = written.objects or ()
    bright = next(shape_box(one.shape) for one in objects if one.label == "bright" and one.shape)
    assert bright is not None
    sides = [round(side, 3) for side in (bright.left, bright.top, bright.right, bright.bottom)]
    left, top, right, bottom = map(int, sides)
    assert sides == [8, 16, 24, 40]
    assert read_picture(written).pixels[top + 2 : bottom - 2, left + 2 : right - 2].min() > 200
