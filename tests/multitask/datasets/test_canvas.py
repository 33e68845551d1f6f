"""The size and the colors that a network sees follow from most of the pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.multitask.annotated.annotated_set import AnnotatedSet
from triptych.multitask.annotated.table_writer import TableWriter
from triptych.multitask.datasets._images.canvas import canvas_shape
from triptych.multitask.datasets._images.config import ImagesConfig
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.structures.annotated_image import AnnotatedImage
from triptych.multitask.structures.import_problems import ImportProblems


def shape(folder: Path, sizes: Sequence[tuple[int, int]], *, grey: bool = False, **config: object):
    """Of pictures of these widths and heights."""
    color = (90, 90, 90) if grey else (200, 90, 30)
    images = [AnnotatedImage(folder / f"{number}.png") for number in range(len(sizes))]
    for image, size in zip(images, sizes, strict=True):
        Image.new("RGB", size, color).save(image.file)
    return canvas_shape(
        table(folder, images), range(len(sizes)), ImagesConfig.model_validate(config)
    )


def table(folder: Path, images: Sequence[AnnotatedImage]) -> AnnotatedSet:
    path = folder / "table.parquet"
    writer = TableWriter(folder, ImportProblems())
    writer.write(path, images, Vocabulary, format="made", root=str(folder))
    return AnnotatedSet(path)


def test_the_aspect_is_that_of_most_pictures_and_the_longer_side_at_most_224(tmp_path: Path):
    assert shape(tmp_path, [(64, 48)] * 3 + [(48, 64)] * 2) == (3, 48, 64)
    assert shape(tmp_path, [(448, 896)] * 2) == (3, 224, 112)
    assert shape(tmp_path, [(64, 64), (64, 32)]) == (3, 64, 64)  # neither is most


def test_what_is_said_goes_before_what_is_seen(tmp_path: Path):
    assert shape(tmp_path, [(64, 32)] * 2, size=128) == (3, 64, 128)
    assert shape(tmp_path, [(64, 32)] * 2, height=48, width=80) == (3, 48, 80)
    assert shape(tmp_path, [(64, 32)] * 2, color="grey")[0] == 1


def test_tiny_pictures_are_seen_in_at_least_32_pixels(tmp_path: Path):
    assert shape(tmp_path, [(8, 8)] * 2) == (3, 32, 32)


def test_grey_pictures_in_three_channels_are_seen_in_one(tmp_path: Path):
    assert shape(tmp_path, [(64, 64)] * 2, grey=True)[0] == 1
    assert shape(tmp_path, [(64, 64)] * 2, grey=True, color="rgb")[0] == 3


def test_pictures_that_cannot_be_read_do_not_count_unless_none_can(tmp_path: Path):
    np.zeros(4).tofile(tmp_path / "bad.png")
    Image.new("RGB", (64, 32), "red").save(tmp_path / "good.png")
    bad, good = AnnotatedImage(tmp_path / "bad.png"), AnnotatedImage(tmp_path / "good.png")
    assert canvas_shape(table(tmp_path, [bad, good]), [0, 1], ImagesConfig()) == (3, 32, 64)
    with pytest.raises(ImageError, match="None of the first pictures"):
        canvas_shape(table(tmp_path, [bad]), [0], ImagesConfig())
