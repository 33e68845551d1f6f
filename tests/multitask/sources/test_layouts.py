"""IDX sets under all the names and in all the folders they come in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.data.source import DataNotice
from triptych.multitask.sources import build_source
from triptych.multitask.sources.idx import IDXFolder

Put = Callable[[Path, np.ndarray], Path]
Draw = Callable[..., np.ndarray]
TRAIN, TEST = np.array([0, 1, 2, 1], np.uint8), np.array([2, 0, 1], np.uint8)


def put_set(
    put: Put,
    draw: Draw,
    folder: Path,
    name: str = "{split}-{content}-{type}-ubyte",
    test: str = "t10k",
) -> tuple[np.ndarray, np.ndarray]:
    """Writes a set under names of a pattern."""
    images = draw(4), draw(3, seed=1)
    for split, pixels, labels in zip(("train", test), images, (TRAIN, TEST)):
        put(folder / name.format(split=split, content="images", type="idx3"), pixels)
        put(folder / name.format(split=split, content="labels", type="idx1"), labels)
    return images


@pytest.mark.parametrize("packing", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("{split}-{content}-{type}-ubyte", "t10k"),
        ("{split}-{content}.{type}-ubyte", "t10k"),
        ("{split}-{content}-{type}-ubyte", "test"),
        ("{split}_{content}.{type}", "test"),
        ("{split}-{content}-ubyte", "t10k"),
        ("my-own.set-{split}-{content}-{type}-ubyte", "test"),
        ("MNIST_{split}-{content}.{type}-ubyte", "t10k"),
    ],
)
def test_names_with_prefixes_dots_and_packing_are_found(
    tmp_path: Path, put_idx: Put, digits: Draw, name: str, test: str, packing: str
) -> None:
    train, held = put_set(put_idx, digits, tmp_path, name + packing, test)
    source = build_source(str(tmp_path))
    assert np.array_equal(source.cutouts("digits", "train").images[:, 0].numpy(), train)
    assert np.array_equal(source.cutouts("digits", "test").images[:, 0].numpy(), held)
    assert source.cutouts("digits", "test").labels.tolist() == TEST.tolist()
    assert not source.has_validation()


@pytest.mark.parametrize("named", ["MNIST/raw", "MNIST", "."])
def test_torchvision_s_folder_is_found_from_wherever_it_is_named(
    tmp_path: Path, put_idx: Put, digits: Draw, named: str
) -> None:
    train, _ = put_set(put_idx, digits, tmp_path / "MNIST" / "raw")
    (tmp_path / "MNIST" / "processed").mkdir()
    source = build_source(str(tmp_path / named))
    assert np.array_equal(source.cutouts("digits", "train").images[:, 0].numpy(), train)


def test_a_file_names_its_set(tmp_path: Path, put_idx: Put, digits: Draw) -> None:
    train, _ = put_set(put_idx, digits, tmp_path)
    put_set(put_idx, digits, tmp_path, "other-{split}-{content}-{type}-ubyte")
    source = build_source(str(tmp_path / "train-images-idx3-ubyte"))
    assert np.array_equal(source.cutouts("digits", "train").images[:, 0].numpy(), train)


def test_a_folder_around_each_file_is_looked_into(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    for split, content, values in [
        ("train", "images", digits(4)),
        ("train", "labels", TRAIN),
        ("t10k", "images", digits(3)),
        ("t10k", "labels", TEST),
    ]:
        name = f"{split}-{content}-idx{values.ndim}-ubyte"
        put_idx(tmp_path / name / name, values)
    assert len(build_source(str(tmp_path)).cutouts("digits", "test")) == 3


def test_one_of_several_sets_is_named_by_its_prefix(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    for prefix in ("first", "second"):
        put_set(put_idx, digits, tmp_path, prefix + "-{split}-{content}-{type}-ubyte")
    with pytest.raises(DataError, match=r"found 2: .*/first, .*/second\. Name one"):
        build_source(str(tmp_path)).cutouts("digits", "train")
    assert len(build_source(str(tmp_path / "second")).cutouts("digits", "train")) == 4


def test_sets_in_folders_beside_each_other_are_asked_about(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    for folder in ("MNIST", "KMNIST"):
        put_set(put_idx, digits, tmp_path / folder / "raw")
    source = build_source(str(tmp_path))
    assert isinstance(source, IDXFolder)
    with pytest.raises(DataError, match=r"found 2: .*KMNIST/raw/.*MNIST/raw/"):
        source.cutouts("digits", "train")


def test_without_a_test_part_one_image_in_seven_is_held_out(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    images = digits(70)
    images[:, 0, 0] = np.arange(70)
    put_idx(tmp_path / "images-idx3-ubyte", images)
    put_idx(tmp_path / "labels-idx1-ubyte", np.arange(70, dtype=np.uint8) % 5)
    source = build_source(str(tmp_path))
    with pytest.warns(DataNotice, match="no test part: 10 of its 70 images are held out"):
        test = source.cutouts("digits", "test")
    train = source.cutouts("digits", "train")
    first = [*test.images[:, 0, 0, 0].tolist(), *train.images[:, 0, 0, 0].tolist()]
    assert sorted(first) == list(range(70))
    assert [number % 5 for number in first[:10]] == test.labels.tolist()
    with pytest.warns(DataNotice):
        again = build_source(str(tmp_path)).cutouts("digits", "test")
    assert again.images.equal(test.images)


def test_labels_that_begin_at_1_keep_their_numbers_as_names(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    put_set(put_idx, digits, tmp_path)
    put_idx(tmp_path / "train-labels-idx1-ubyte", TRAIN + np.uint8(1))
    put_idx(tmp_path / "t10k-labels-idx1-ubyte", TEST + np.uint8(1))
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert cutouts.names == ("1", "2", "3") and cutouts.labels.tolist() == TRAIN.tolist()
    (tmp_path / "classes.txt").write_text("a\nb\nc\n")
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert cutouts.names == ("a", "b", "c") and cutouts.labels.tolist() == TRAIN.tolist()
    (tmp_path / "classes.txt").write_text("none\na\nb\nc\n")
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert cutouts.names[cutouts.labels[0]] == "a"


def test_the_missing_half_is_named_as_its_set_would(
    tmp_path: Path, put_idx: Put, digits: Draw
) -> None:
    put_set(put_idx, digits, tmp_path, "own-{split}-{content}.{type}-ubyte.gz")
    (tmp_path / "own-t10k-labels.idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"Expected own-t10k-labels\.idx1-ubyte \("):
        build_source(str(tmp_path)).cutouts("digits", "train")


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no images")
    with pytest.raises(DataError, match=r"Expected a file of images .*notes\.txt"):
        build_source(str(tmp_path / "notes.txt"))
