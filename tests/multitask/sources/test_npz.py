"""NumPy's .npz: as Keras and MedMNIST write it, and as nobody should."""

import io
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.data.dataset import SPLITS
from triptych.multitask.data.source import DataNotice
from triptych.multitask.datasets import open_dataset
from triptych.multitask.sources import build_source, recognize
from triptych.multitask.sources.npz import NPZ

Draw = Callable[..., np.ndarray]
TRAIN, TEST = np.array([0, 1, 2, 1], np.uint8), np.array([2, 0, 1], np.uint8)


def test_keras_mnist_npz_is_read(tmp_path: Path, digits: Draw) -> None:
    file = tmp_path / "mnist.npz"
    np.savez_compressed(file, x_test=digits(3), y_test=TEST, x_train=digits(4), y_train=TRAIN)
    for spec in (str(file), str(tmp_path), f"npz:{file}"):
        source = build_source(spec)
        assert isinstance(source, NPZ) and not source.has_validation()
        train = source.cutouts("digits", "train")
        assert np.array_equal(train.images[:, 0].numpy(), digits(4))
        assert train.labels.tolist() == TRAIN.tolist() and train.names == ("0", "1", "2")
        assert source.cutouts("digits", "test").labels.tolist() == TEST.tolist()


@pytest.mark.parametrize("color", [False, True])
def test_medmnist_has_a_part_for_validation(tmp_path: Path, digits: Draw, color: bool) -> None:
    arrays = {}
    for split, labels in {"train": TRAIN, "val": TEST[:2], "test": TEST}.items():
        images = digits(len(labels))
        arrays[f"{split}_images"] = np.stack([images] * 3, 3) if color else images
        arrays[f"{split}_labels"] = labels[:, None]
    np.savez(tmp_path / "pathmnist.npz", **arrays)
    source = build_source(str(tmp_path / "pathmnist.npz"))
    if color:
        with pytest.warns(DataNotice, match="read as grey"):
            assert source.has_validation()
    assert source.has_validation()
    for split, labels in {"train": TRAIN, "validation": TEST[:2], "test": TEST}.items():
        cutouts = source.cutouts("digits", split)
        assert cutouts.labels.tolist() == labels.tolist()
        assert np.array_equal(cutouts.images[:, 0].numpy(), digits(len(labels)))


def test_a_dataset_validates_on_the_set_s_own_part(tmp_path: Path, digits: Draw) -> None:
    arrays = {}
    for split, count in {"train": 24, "val": 5, "test": 7}.items():
        arrays[f"{split}_images"] = digits(count)
        arrays[f"{split}_labels"] = np.arange(count)[:, None] % 3
    np.savez(tmp_path / "set.npz", **arrays)
    whole = open_dataset("digits", str(tmp_path))
    assert [whole.size(split) for split in SPLITS] == [24, 5, 7]
    del arrays["val_images"], arrays["val_labels"]
    np.savez(tmp_path / "set.npz", **arrays)
    parted = open_dataset("digits", str(tmp_path))
    assert [parted.size(split) for split in SPLITS] == [22, 2, 7]
    assert whole.fingerprint() != parted.fingerprint()


def test_several_labels_an_image_are_refused(tmp_path: Path, digits: Draw) -> None:
    labels = np.array([[0, 1, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0]], np.uint8)
    np.savez(tmp_path / "chestmnist.npz", train_images=digits(4), train_labels=labels)
    with pytest.raises(DataError, match="Expected one label an image, got an array of 4×3"):
        build_source(str(tmp_path)).cutouts("digits", "train")


def test_a_set_without_parts_is_split_and_its_range_told(tmp_path: Path) -> None:
    data = np.random.default_rng(0).integers(0, 17, (14, 64)).astype(np.float64)
    data[0, 0] = 16
    np.savez(tmp_path / "digits.npz", data=data, target=np.arange(14) % 2)
    source = build_source(str(tmp_path))
    with pytest.warns(DataNotice) as told:
        test = source.cutouts("digits", "test")
    assert test.images.shape == (2, 1, 8, 8)
    words = " ".join(str(one.message) for one in told)
    assert "0 … 16" in words and "2 of its 14 images" in words


def test_another_folder_of_npz_files_is_asked_about(tmp_path: Path, digits: Draw) -> None:
    for name in ("a.npz", "b.npz"):
        np.savez(tmp_path / name, x_train=digits(4), y_train=TRAIN)
    with pytest.raises(DataError, match=r"found a\.npz, b\.npz\. Name the file"):
        build_source(str(tmp_path)).cutouts("digits", "train")


@pytest.mark.parametrize(
    "names", [["mean"], ["x_train"], ["x_train", "y_train", "x_test"], ["x_test", "y_test"], []]
)
def test_other_arrays_are_named(tmp_path: Path, digits: Draw, names: list[str]) -> None:
    np.savez(tmp_path / "set.npz", **dict.fromkeys(names, digits(2)))
    with pytest.raises(DataError, match=f"x_train, y_train.*got {', '.join(names) or 'none'}"):
        build_source(str(tmp_path)).cutouts("digits", "train")


class Trap:
    """What would open a file if it were unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_nothing_is_ever_unpickled(tmp_path: Path, digits: Draw) -> None:
    trap = np.array([Trap(tmp_path / "sprung"), None], object)
    np.savez(tmp_path / "set.npz", x_train=trap, y_train=TRAIN)
    with pytest.raises(DataError, match=r"Python objects as 'x_train'.* never loaded"):
        build_source(str(tmp_path)).cutouts("digits", "train")
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
        archive.writestr("x_train.npy", pickle.dumps(trap))
        archive.writestr("y_train.npy", pickle.dumps(trap))
    with pytest.raises(DataError, match="is damaged"):
        build_source(str(tmp_path)).cutouts("digits", "train")
    assert not (tmp_path / "sprung").exists()


def header(shape: tuple[int, ...]) -> bytes:
    file = io.BytesIO()
    facts = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, facts)
    return file.getvalue()


def test_promises_that_are_not_kept_take_no_memory(tmp_path: Path) -> None:
    broken = header((1,)).replace(b"{", b" ").replace(b"}", b"(")
    contents = header((2**40, 28, 28)), header((2**33,)) + bytes(99), header((-5, 3)), broken
    for content in contents:
        with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
            archive.writestr("x_train.npy", content)
            archive.writestr("y_train.npy", content)
        tracemalloc.start()
        with pytest.raises(DataError, match="damaged"):
            build_source(str(tmp_path)).cutouts("digits", "train")
        assert tracemalloc.get_traced_memory()[1] < 2**21
        tracemalloc.stop()


def test_damaged_files_are_told(tmp_path: Path, digits: Draw) -> None:
    file = tmp_path / "set.npz"
    np.savez_compressed(file, x_train=digits(4), y_train=TRAIN)
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[80:120] = bytes(40)
    for content in (b"", b"no zip", whole[:-40], bytes(flipped)):
        file.write_bytes(content)
        assert recognize(file) == "npz"
        with pytest.raises(DataError, match=r"set\.npz") as told:
            build_source(str(file)).cutouts("digits", "train")
        assert "\n" not in str(told.value)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "no array")
    with pytest.raises(DataError, match="another zip file"):
        build_source(str(file)).cutouts("digits", "train")
