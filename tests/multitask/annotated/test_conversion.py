"""A set is written in another format whole or not at all, and read back the same."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ConfigError, DataError, WriteError
from triptych.multitask.annotated.conversion import convert
from triptych.multitask.annotated.opening import open_annotated


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Six pictures of two classes."""
    for number in range(6):
        folder = tmp_path / "pets" / ("cat", "dog")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (20, 30, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "pets"


def test_a_picture_that_cannot_be_read_is_left_out_and_told(folders: Path, tmp_path: Path):
    (folders / "cat" / "0.png").write_bytes(b"\x89PNG and no more")
    done = convert(folders, "labelme", tmp_path / "out")
    assert done.images == 5
    assert done.left_out == ("0.png: is no picture that can be read",)
    again = open_annotated(tmp_path / "out", "labelme")
    assert len(again) == 5


def test_nothing_is_written_over_or_into_what_is_there(folders: Path, tmp_path: Path):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    with pytest.raises(WriteError, match="holds something"):
        convert(folders, "labelme", taken)
    with pytest.raises(ConfigError, match="outside of it"):
        convert(folders, "labelme", folders / "out")
    with pytest.raises(ConfigError, match="only read"):
        convert(folders, "class-folders", tmp_path / "out")
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]
    assert not (tmp_path / "out").exists()


def test_a_set_without_any_readable_picture_writes_nothing(folders: Path, tmp_path: Path):
    for file in folders.rglob("*.png"):
        file.write_bytes(b"\x89PNG and no more")
    with pytest.raises(DataError, match="No picture"):
        convert(folders, "labelme", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pets"]
