"""Copies are found whatever was done to them; other pictures are not, in less than all pairs."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from triptych.multitask.check.pictures.hashing import (
    SIDE,
    near_duplicates,
    perceptual_hash,
    thumbnail,
)


def scene(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 255, (7, 9), np.uint8)
    return Image.fromarray(coarse).resize((180, 140), Image.Resampling.BICUBIC)


def compared(images: list[Image.Image]) -> set[tuple[int, int]]:
    small = [np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX)) for image in images]
    hashes = np.array([perceptual_hash(each) for each in small], np.uint64).view(np.int64)
    pairs, alike = near_duplicates(hashes, np.stack([thumbnail(each).ravel() for each in small]))
    assert (np.diff(alike) <= 0).all()
    return {(int(first), int(second)) for first, second in pairs}


def compressed(image: Image.Image) -> Image.Image:
    packed = BytesIO()
    image.save(packed, "JPEG", quality=30)
    return Image.open(packed)


def test_copies_are_found_and_others_are_not():
    images = [scene(seed) for seed in range(40)]
    copies = [
        compressed(images[3]),
        images[5].resize((90, 70)),
        ImageEnhance.Brightness(images[7]).enhance(0.8),
        images[9].crop((2, 1, 179, 139)),
    ]
    assert compared([*images, *copies]) == {(3, 40), (5, 41), (7, 42), (9, 43)}


def test_plain_pictures_are_no_copies_of_each_other():
    plain = [Image.new("L", (50, 50), grey) for grey in (0, 0, 200, 255)]
    assert compared(plain) == set()
    pairs, _ = near_duplicates(np.zeros(0, np.int64), np.zeros((0, 256), np.uint8))
    assert pairs.shape == (0, 2)


def test_half_of_the_bits_are_set():
    for seed in range(5):
        small = np.asarray(scene(seed).resize((SIDE, SIDE)))
        assert 31 <= perceptual_hash(small).bit_count() <= 33


def test_many_equal_hashes_take_no_quadratic_time():
    row = thumbnail(np.asarray(scene(1).resize((SIDE, SIDE)))).ravel()
    pairs, _ = near_duplicates(np.full(5000, 77), np.tile(row, (5000, 1)))
    assert 4999 <= len(pairs) <= 32 * 5000


@pytest.mark.real
def test_drawings_of_one_character_are_no_copies(data, tmp_path: Path):
    import zipfile

    with zipfile.ZipFile(data("omniglot/images_background_small1.zip")) as archive:
        names = [name for name in archive.namelist() if "Greek" in name and name.endswith(".png")]
        images = [Image.open(BytesIO(archive.read(name))).convert("L") for name in sorted(names)]
    assert len(images) == 480
    assert compared([*images, images[77].resize((60, 60))]) == {(77, 480)}
