"""Folders of IDX files: any size, any number of classes, every fault told."""

import struct
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import ConfigError, DataError
from triptych.multitask.sources import build_source

TRAIN, TEST = [0, 1, 2, 1], [2, 0, 1]


def write(
    folder: Path, split: str, labels: list[int], size: tuple[int, int] = (5, 3), seed: int = 0
) -> np.ndarray:
    folder.mkdir(exist_ok=True)
    images = np.random.default_rng(seed).integers(0, 256, (len(labels), *size), dtype=np.uint8)
    head = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape)
    (folder / f"{split}-images-idx3-ubyte").write_bytes(head + images.tobytes())
    head = struct.pack(">4BI", 0, 0, 8, 1, len(labels))
    (folder / f"{split}-labels-idx1-ubyte").write_bytes(head + bytes(labels))
    return images


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "set", "train", TRAIN)
    write(tmp_path / "set", "t10k", TEST)
    return tmp_path / "set"


def refused(folder: Path, words: str) -> None:
    for split in ("train", "test"):
        with pytest.raises(DataError, match=words) as told:
            build_source(f"idx:{folder}").cutouts("digits", split)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("size", [(16, 16), (28, 28), (5, 9), (1, 1)])
def test_pictures_of_any_size_are_read_in_order(tmp_path: Path, size: tuple[int, int]) -> None:
    images = write(tmp_path, "train", TRAIN, size)
    write(tmp_path, "test", TEST, size)
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert np.array_equal(cutouts.images[:, 0].numpy(), images)
    assert cutouts.labels.tolist() == TRAIN
    assert cutouts.names == ("0", "1", "2")
    assert cutouts.alpha is None


def test_the_test_split_has_its_own_pictures_and_the_same_classes(folder: Path) -> None:
    images = write(folder, "t10k", [1], seed=7)
    cutouts = build_source(f"idx:{folder}").cutouts("digits", "test")
    assert np.array_equal(cutouts.images[:, 0].numpy(), images)
    assert cutouts.labels.tolist() == [1]
    assert cutouts.names == ("0", "1", "2")


def test_it_is_always_at_hand(folder: Path) -> None:
    assert build_source(f"idx:{folder}").is_available()


def test_all_256_classes_of_a_byte_can_be(folder: Path) -> None:
    write(folder, "train", list(range(256)))
    assert len(build_source(f"idx:{folder}").cutouts("digits", "test").names) == 256


def test_classes_have_the_names_of_classes_txt(folder: Path) -> None:
    (folder / "classes.txt").write_text(
        "\ufeffT-shirt\r\nHose \n\nBücher\nCoat\n", encoding="utf-8"
    )
    names = build_source(f"idx:{folder}").cutouts("digits", "train").names
    assert names == ("T-shirt", "Hose", "Bücher", "Coat")


def test_no_folder_is_told(tmp_path: Path) -> None:
    refused(tmp_path / "none", "found none at .*none")
    with pytest.raises(ConfigError, match="idx:FOLDER"):
        build_source("idx")


@pytest.mark.parametrize("name", ["train-images", "train-labels", "t10k-images", "t10k-labels"])
def test_the_missing_file_of_the_four_is_named(folder: Path, name: str) -> None:
    next(folder.glob(f"{name}*")).unlink()
    refused(folder, f"Expected {name}-idx")


def test_sizes_that_differ_are_told(folder: Path) -> None:
    write(folder, "t10k", TEST, (5, 4))
    refused(folder, "Expected test images of 5×3 pixels as in training, got 5×4")


@pytest.mark.parametrize(
    ("train", "test", "words"),
    [
        ([0, 1, 3], [0], "Expected labels 0 to 2, one for each class, got 3 in the train labels"),
        ([2, 3, 4], [2], "Expected labels 0 to 2, .*got 4 in the train labels"),
        ([1, 2, 3], [0], "Expected labels 0 to 2, .*got 3 in the train labels"),
        ([1, 2, 3], [4], "Expected labels 1 to 3, .*got 4 in the test labels"),
        ([0, 1, 2], [3], "Expected labels 0 to 2, .*got 3 in the test labels"),
        ([0, 0], [0], "Expected 2 to 256 classes, got 1"),
    ],
)
def test_labels_with_gaps_or_out_of_range_are_told(
    folder: Path, train: list[int], test: list[int], words: str
) -> None:
    write(folder, "train", train)
    write(folder, "t10k", test)
    refused(folder, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a\nb\n", "Expected labels 0 to 1, .*got 2"),
        (b"a\nb\na\n", "got 'a' again"),
        (b"", "got 0 in"),
        (b"\xff\xfe\n", "in UTF-8 in .*classes.txt"),
        (b"\n".join(b"%d" % number for number in range(257)), "got 257"),
    ],
)
def test_faults_of_classes_txt_are_told(folder: Path, text: bytes, words: str) -> None:
    (folder / "classes.txt").write_bytes(text)
    refused(folder, words)
