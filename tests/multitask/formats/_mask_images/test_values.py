"""The numbers in masks."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.multitask.formats._mask_images.values import (
    MOST_OBJECTS,
    MaskSample,
    kind_of,
    mask_values,
    objects_in,
)


def test_numbers_beyond_255_are_things():
    assert kind_of([MaskSample((0, 7, 300), False, 0)]) == "instances"


def test_one_value_of_its_own_in_each_is_binary():
    assert kind_of([MaskSample((0, 1), False, 1), MaskSample((0,), False, 0)]) == "binary"
    assert kind_of([MaskSample((0, 3, 7), False, 2)]) == "classes"


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "LA", "RGB"])
def test_a_number_is_the_same_in_every_mode(tmp_path: Path, mode: str):
    values = np.zeros((3, 4), np.uint16 if mode == "I;16" else np.uint8)
    values[1, 2] = 1
    picture = Image.fromarray(values)
    if mode == "1":
        picture = Image.fromarray(values.astype(bool))
    elif mode == "P":
        picture.putpalette(bytes(range(256)) * 3)
    elif mode != "I;16":
        picture = picture.convert(mode)
    picture.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as written:
        assert written.mode == mode
    assert (mask_values(tmp_path / "a.png") == values).all()


def test_a_mask_that_is_cut_short_is_told(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 255, (50, 50), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[:500])
    with pytest.raises(ImageError, match=r"a\.png is a damaged picture"):
        mask_values(tmp_path / "a.png")


def test_things_are_cut_to_where_they_are():
    values = np.array([[0, 5, 5, 0], [0, 0, 5, 2], [9, 0, 0, 2]])
    things = {value: (x, y, pixels.tolist()) for value, x, y, pixels in objects_in(values, [9])}
    assert things == {
        2: (3, 1, [[True], [True]]),
        5: (1, 0, [[True, True], [False, True]]),
    }
    assert [*objects_in(np.zeros((2, 2), int))] == []


def test_a_photo_is_no_mask_of_things():
    with pytest.raises(ImageError, match="not as many things"):
        list(objects_in(np.arange(MOST_OBJECTS + 2)[None]))
