"""MNIST as published."""

from collections.abc import Callable
from pathlib import Path

import pytest

from triptych.frame.errors import AssetNotFoundError, DataError
from triptych.multitask.sources import build_source

TRAIN = "mnist/train-images-idx3-ubyte.gz"


@pytest.mark.real
def test_the_published_split_is_complete(data: Callable[[str], Path]) -> None:
    data(TRAIN)
    source = build_source("mnist")
    train, test = source.cutouts("digits", "train"), source.cutouts("digits", "test")
    assert source.is_available()
    assert train.images.shape == (60_000, 1, 28, 28) and test.images.shape == (10_000, 1, 28, 28)
    assert train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert test.labels[:8].tolist() == [7, 2, 1, 0, 4, 1, 4, 9]
    # the counts of Yann LeCun's page
    assert train.labels.bincount().tolist() == [
        *(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
    ]
    assert train.names == tuple("0123456789")
    # the mean and spread everyone normalises by
    pixels = train.images.float() / 255
    assert (round(pixels.mean().item(), 4), round(pixels.std().item(), 4)) == (0.1307, 0.3081)


@pytest.mark.real
def test_the_folder_can_also_be_named(data: Callable[[str], Path]) -> None:
    named = build_source(str(data(TRAIN).parent)).cutouts("digits", "test")
    assert named.images.equal(build_source("mnist").cutouts("digits", "test").images)


def test_missing_files_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    source = build_source("mnist")
    assert not source.is_available()
    with pytest.raises(AssetNotFoundError, match="t10k-images-idx3-ubyte"):
        source.cutouts("digits", "test")


def test_another_set_under_its_names_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / TRAIN).write_bytes(b"Fashion")
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    with pytest.raises(DataError, match="expected md5 6bbc9ace898e44ae57da46a324031adb, found"):
        build_source("mnist").cutouts("digits", "train")
