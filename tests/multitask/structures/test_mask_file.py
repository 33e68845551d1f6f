"""The numbers in mask files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.multitask.structures.mask_file import mask_values


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
