"""KMNIST, Kuzushiji-49, Fashion-MNIST and QMNIST: told by how they are called."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.multitask.sources import SOURCES, build_source, recognize

Put = Callable[[Path, np.ndarray], Path]
Draw = Callable[..., np.ndarray]
LABELS = np.array([0, 9, 3, 1], np.uint8)


def put_set(put: Put, draw: Draw, folder: Path, prefix: str = "") -> None:
    for split in ("train", "t10k"):
        put(folder / f"{prefix}{split}-images-idx3-ubyte", draw(4))
        put(folder / f"{prefix}{split}-labels-idx1-ubyte", LABELS)


def put_arrays(draw: Draw, folder: Path, prefix: str, labels: np.ndarray) -> None:
    for split in ("train", "test"):
        np.savez_compressed(folder / f"{prefix}-{split}-imgs.npz", draw(len(labels)))
        np.savez_compressed(folder / f"{prefix}-{split}-labels.npz", labels)


@pytest.mark.parametrize(
    ("folder", "source", "first"),
    [
        ("KMNIST/raw", "kmnist", "o"),
        ("FashionMNIST/raw", "fashion-mnist", "T-shirt/top"),
        ("fashion-mnist", "fashion-mnist", "T-shirt/top"),
        ("MNIST/raw", "idx", "0"),
    ],
)
def test_the_folder_s_name_tells_the_set(
    tmp_path: Path, put_idx: Put, digits: Draw, folder: str, source: str, first: str
) -> None:
    put_set(put_idx, digits, tmp_path / folder)
    if source == "idx":
        for split in ("train", "t10k"):
            path = tmp_path / folder / f"{split}-labels-idx1-ubyte"
            put_idx(path, np.array([0, 1, 1, 0], np.uint8))
    assert recognize(tmp_path / folder) == source
    assert recognize((tmp_path / folder).parent) == source
    assert build_source(str(tmp_path / folder)).cutouts("digits", "test").names[0] == first


def test_classes_txt_comes_before_the_usual_names(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    put_set(put_idx, digits, tmp_path / "kmnist")
    (tmp_path / "kmnist" / "classes.txt").write_text("\n".join("おきすつなはまやれを"))
    names = build_source(str(tmp_path / "kmnist")).cutouts("digits", "test").names
    assert names == tuple("おきすつなはまやれを")


def test_kmnist_is_read_from_npz_files_too(tmp_path: Path, digits: Draw) -> None:
    put_arrays(digits, tmp_path, "kmnist", LABELS)
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert cutouts.names == ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    assert cutouts.labels.tolist() == LABELS.tolist()


def test_kuzushiji_49_has_49_classes(tmp_path: Path, digits: Draw) -> None:
    put_arrays(digits, tmp_path, "k49", np.array([0, 48, 5], np.uint8))
    assert recognize(tmp_path) == "kuzushiji-49"
    cutouts = build_source(str(tmp_path)).cutouts("digits", "test")
    assert len(set(cutouts.names)) == 49
    assert [cutouts.names[label] for label in cutouts.labels] == ["a", "iteration mark", "ka"]


def test_of_two_sets_in_a_folder_one_is_named(tmp_path: Path, digits: Draw) -> None:
    put_arrays(digits, tmp_path, "k49", LABELS)
    put_arrays(digits, tmp_path, "kmnist", LABELS)
    assert recognize(tmp_path) == "npz"
    for spec, count in [("kmnist:", 10), ("kuzushiji-49:", 49)]:
        assert len(build_source(f"{spec}{tmp_path}").cutouts("digits", "test").names) == count
    assert len(build_source(f"{tmp_path}/k49").cutouts("digits", "test").names) == 49


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_of_qmnist_s_eight_columns_the_first_is_the_digit(
    tmp_path: Path, put_idx: Put, digits: Draw, packing: str
) -> None:
    rows = np.array([[7, 0, 99, 7, 55, 12, 0, 0], [2, 4, 12, 2, 60, 31, 0, 1]], np.int32)
    for split in ("train", "test"):
        put_idx(tmp_path / f"qmnist-{split}-images-idx3-ubyte{packing}", digits(2))
        put_idx(tmp_path / f"qmnist-{split}-labels-idx2-int{packing}", rows)
    assert recognize(tmp_path) == "qmnist"
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert cutouts.labels.tolist() == [7, 2] and cutouts.names == tuple("0123456789")


def test_every_source_of_files_says_how_it_is_named() -> None:
    for name in SOURCES:
        kind = SOURCES[name]
        assert bool(kind.usage) != (bool(kind.assets) or name == "drawn")
        assert not kind.usage or kind.usage.startswith(f"{name}:")
        assert kind.recognizes(Path("/nothing/there")) == 0
