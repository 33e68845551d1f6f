"""EMNIST: upright, and with the right names."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import AssetNotFoundError, DataError
from triptych.multitask.sources import build_source
from triptych.multitask.sources.emnist import CLASSES, EMNIST

Put = Callable[[Path, np.ndarray], Path]
Draw = Callable[..., np.ndarray]
LETTERS = np.array([1, 26, 3, 1], np.uint8)


def put_subset(put: Put, draw: Draw, folder: Path, subset: str, labels: np.ndarray) -> np.ndarray:
    images = draw(len(labels))
    for split in ("train", "test"):
        stem = f"emnist-{subset}-{split}"
        put(folder / f"{stem}-images-idx3-ubyte.gz", images.swapaxes(1, 2))
        put(folder / f"{stem}-labels-idx1-ubyte.gz", labels)
    return images


def test_letters_stand_upright_and_begin_at_a(tmp_path: Path, put_idx: Put, digits: Draw) -> None:
    images = put_subset(put_idx, digits, tmp_path, "letters", LETTERS)
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n")
    for split in ("train", "test"):  # the same under a folder's name
        put_idx(tmp_path / "EMNIST_letters" / f"{split}-images-idx3-ubyte", images.swapaxes(1, 2))
        put_idx(tmp_path / "EMNIST_letters" / f"{split}-labels-idx1-ubyte", LETTERS)
    source = build_source(str(tmp_path))
    assert isinstance(source, EMNIST)
    again = build_source(str(tmp_path / "EMNIST_letters")).cutouts("digits", "train")
    assert again.images.equal(source.cutouts("digits", "train").images)
    cutouts = source.cutouts("digits", "train")
    assert np.array_equal(cutouts.images[:, 0].numpy(), images)
    assert [cutouts.names[label] for label in cutouts.labels] == ["a", "z", "c", "a"]


def test_letters_that_someone_numbered_from_0_are_read_too(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    put_subset(put_idx, digits, tmp_path, "letters", np.array([0, 25, 2], np.uint8))
    cutouts = build_source(str(tmp_path)).cutouts("digits", "test")
    assert [cutouts.names[label] for label in cutouts.labels] == ["a", "z", "c"]


@pytest.mark.parametrize(
    ("subset", "count", "label", "name"),
    [
        ("byclass", 62, 61, "z"),
        ("bymerge", 47, 46, "t"),
        ("balanced", 47, 36, "a"),
        ("balanced", 47, 12, "C"),
        ("digits", 10, 9, "9"),
        ("mnist", 10, 1, "1"),
    ],
)
def test_the_subsets_have_their_classes(
    tmp_path: Path, put_idx: Put, digits: Draw, subset: str, count: int, label: int, name: str
) -> None:
    put_subset(put_idx, digits, tmp_path, subset, np.array([label, 1], np.uint8))
    cutouts = build_source(str(tmp_path)).cutouts("digits", "test")
    assert len(cutouts.names) == count == len(set(CLASSES[subset]))
    assert cutouts.names[cutouts.labels[0]] == name


def test_of_several_subsets_one_is_named(
    tmp_path: Path, put_idx: Put, digits: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "emnist"
    for subset in ("letters", "balanced"):
        put_subset(put_idx, digits, folder, subset, LETTERS)
    with pytest.raises(DataError, match=r"emnist-balanced, .*emnist-letters\. Name one"):
        build_source(str(folder)).cutouts("digits", "train")
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    for spec in (f"{folder}/emnist-letters", f"emnist:{folder}/emnist-letters", "emnist:letters"):
        assert build_source(spec).cutouts("digits", "train").names[0] == "a"


def test_where_it_is_nowhere_its_home_is_told() -> None:
    source = build_source("emnist")
    assert not source.is_available()
    with pytest.raises(AssetNotFoundError, match=r"www\.nist\.gov.*--source emnist:FOLDER"):
        source.cutouts("digits", "train")
