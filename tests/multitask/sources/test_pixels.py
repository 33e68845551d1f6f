"""Shapes, ranges and polarity of stored images."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import ConfigError, DataError
from triptych.multitask.data.source import DataNotice
from triptych.multitask.sources import build_source
from triptych.multitask.sources._reading.pixels import grey_images, is_dark_on_light

Put = Callable[[Path, np.ndarray], Path]
Draw = Callable[..., np.ndarray]
HERE = Path("set")


def grey(images: np.ndarray) -> np.ndarray:
    return grey_images({"train": images}, HERE)["train"]


@pytest.mark.parametrize("shape", [(5, 12, 12), (5, 12, 12, 1), (5, 1, 12, 12), (5, 144)], ids=str)
def test_grey_images_come_in_four_shapes(digits: Draw, shape: tuple[int, ...]) -> None:
    images = digits(5)
    assert np.array_equal(grey(images.reshape(shape)), images)


def test_color_is_read_as_grey_and_told(digits: Draw) -> None:
    images = digits(5)
    with pytest.warns(DataNotice, match="color images of set are read as grey"):
        assert np.array_equal(grey(np.stack([images] * 3, 3)), images)
    with pytest.warns(DataNotice):
        assert np.array_equal(grey(np.stack([images] * 3, 1)), images)
    red = np.zeros((2, 9, 9, 3), np.uint8)
    red[..., 0] = 255
    with pytest.warns(DataNotice):
        assert (grey(red) == 76).all()  # ITU-R 601: 0.299


@pytest.mark.parametrize(
    ("change", "dtype"),
    [
        (lambda x: x, np.int16),
        (lambda x: x, np.float32),
        (lambda x: x / 255, np.float32),
        (lambda x: x / 255, np.float64),
        (lambda x: x / 127.5 - 1, np.float64),
    ],
)
def test_usual_ranges_come_back_exactly(digits: Draw, change: Callable, dtype: type) -> None:
    images = digits(5)
    assert np.array_equal(grey(change(images.astype(np.float64)).astype(dtype)), images)


def test_zeros_and_ones_are_black_and_white() -> None:
    images = np.array([[[0, 1], [1, 0]]])
    for dtype in (np.uint8, np.bool_, np.int32, np.float32):
        assert grey(images.astype(dtype)).tolist() == [[[0, 255], [255, 0]]]


@pytest.mark.parametrize(
    ("values", "expected"), [([0, 16, 8], [0, 255, 128]), ([-300, 0, 300], [0, 128, 255])]
)
def test_other_ranges_are_stretched_and_told(values: list[int], expected: list[int]) -> None:
    with pytest.warns(DataNotice, match="scaled to 0 … 255"):
        assert grey(np.array(values, np.int16).reshape(1, 1, 3)).tolist() == [[expected]]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_pixels_that_are_no_numbers_are_refused(bad: float) -> None:
    with pytest.raises(DataError, match="finite pixels"):
        grey(np.full((1, 2, 2), bad))
    with pytest.raises(DataError, match="images of numbers"):
        grey(np.full((1, 2, 2), "a"))


@pytest.mark.parametrize("shape", [(4, 7, 7, 2), (4, 7), (4,), (0, 7, 7), (4, 7, 7, 7), (1,) * 5])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="Expected images of shape N×H×W"):
        grey(np.zeros(shape, np.uint8))


def test_dark_ink_on_light_is_noticed(digits: Draw) -> None:
    images = digits(20)
    assert not is_dark_on_light(images)
    assert is_dark_on_light(255 - images)
    assert is_dark_on_light(200 - images // 2)
    assert not is_dark_on_light(np.full((3, 12, 12), 255, np.uint8))
    noise = np.random.default_rng(0).integers(0, 256, (20, 12, 12), dtype=np.uint8)
    assert not is_dark_on_light(noise)


def test_dark_ink_is_inverted_unless_told_otherwise(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    images = digits(6)
    for split in ("train", "t10k"):
        put_idx(tmp_path / f"{split}-images-idx3-ubyte", 255 - images)
        put_idx(tmp_path / f"{split}-labels-idx1-ubyte", np.arange(6, dtype=np.uint8) % 3)
    with pytest.warns(DataNotice, match=r"dark ink on light: they are inverted\. .*,ink=light"):
        read = build_source(str(tmp_path)).cutouts("digits", "test")
    assert np.array_equal(read.images[:, 0].numpy(), images)
    for spec in (f"{tmp_path},ink=light", f"idx:{tmp_path},ink=light"):
        read = build_source(spec).cutouts("digits", "test")
        assert np.array_equal(read.images[:, 0].numpy(), 255 - images)
    read = build_source(f"{tmp_path},ink=dark").cutouts("digits", "test")
    assert np.array_equal(read.images[:, 0].numpy(), images)
    with pytest.raises(ConfigError, match="ink=dark or ink=light, got ink=red"):
        build_source(f"{tmp_path},ink=red")


def test_the_command_line_tells_it_in_one_line_and_a_fault_with_2(
    tmp_path: Path, digits: Draw
) -> None:
    np.savez(tmp_path / "dark.npz", x_train=255 - digits(14), y_train=np.arange(14) % 2)

    def look(source: str) -> tuple[int, list[str]]:
        words = f"-m triptych data look digits --count 2 --out {tmp_path}/look.png --source".split()
        done = subprocess.run(
            [sys.executable, *words, source], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stderr.splitlines()

    status, lines = look(str(tmp_path))
    assert status == 0
    assert [line.partition(":")[0] for line in lines] == ["triptych", "triptych", "Written"]
    assert "inverted" in lines[0] and "2 of its 14 images are held out" in lines[1]
    (tmp_path / "dark.npz").write_bytes(b"no zip")
    status, lines = look(str(tmp_path))
    assert status == 2 and len(lines) == 1 and "Expected a .npz file" in lines[0]


def test_signed_bytes_are_white_at_their_highest() -> None:
    values = np.array([[[0, 64, 127]]], np.int8)
    assert grey(values).ravel().tolist() == [0, 129, 255]
