"""Batches read beside the training: the same ones in the same order, and no thread stays."""

import threading
from pathlib import Path
from time import sleep

import pytest
import torch
from torch import Tensor

from triptych.frame.errors import DataError
from triptych.multitask.data import datamodule
from triptych.multitask.data.datamodule import EpochLoader
from triptych.multitask.data.dataset import Dataset
from triptych.multitask.datasets import open_dataset
from triptych.multitask.structures.batch import Batch


@pytest.fixture
def reading(few_digits: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    dataset = open_dataset("digits", str(few_digits))
    monkeypatch.setattr(type(dataset), "reads_files", True)
    monkeypatch.setattr(datamodule, "available_cores", lambda: 8)
    return dataset


def threads() -> int:
    return sum(thread.name.startswith("read-ahead") for thread in threading.enumerate())


def test_they_are_those_made_one_after_the_other(reading: Dataset, monkeypatch: pytest.MonkeyPatch):
    ahead = list(EpochLoader(reading, "train", 20, epoch=3))
    monkeypatch.setattr(type(reading), "reads_files", False)
    plain = list(EpochLoader(reading, "train", 20, epoch=3))
    assert len(ahead) == len(plain) == 11
    for one, other in zip(ahead, plain):
        assert torch.equal(one.images, other.images) and torch.equal(one["box"], other["box"])


def test_as_many_are_ahead_as_memory_allows(reading: Dataset, monkeypatch: pytest.MonkeyPatch):
    made: list[int] = []
    make = reading.batch

    def counted(split: str, indices: Tensor, epoch: int = 0) -> Batch:
        made.append(len(indices))
        return make(split, indices, epoch)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "batch", counted)
    info = reading.info
    two = 2 * 10 * info.channels * info.height * info.width * 4
    monkeypatch.setattr(datamodule, "PREFETCHED", two)
    batches = iter(EpochLoader(reading, "train", 10))
    next(batches)
    sleep(0.3)
    assert len(made) == 2
    del batches


def test_what_fails_is_raised_in_the_loop_and_threads_end(
    reading: Dataset, monkeypatch: pytest.MonkeyPatch
):
    make = reading.batch

    def broken(split: str, indices: Tensor, epoch: int = 0) -> Batch:
        if 3 in indices:
            raise DataError("3.png is cut short")
        return make(split, indices, epoch)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "batch", broken)
    with pytest.raises(DataError, match="cut short"):
        list(EpochLoader(reading, "validation", 2))
    assert threads() == 0


def test_threads_end_where_the_loop_stops_early(reading: Dataset):
    batches = iter(EpochLoader(reading, "train", 10))
    next(batches)
    assert threads() > 0
    del batches
    assert threads() == 0
