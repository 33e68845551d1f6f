"""The batches of an epoch: each image once, fresh each epoch, shared among processes."""

from pathlib import Path
from unittest.mock import MagicMock

import lightning as L
import pytest
import torch

from triptych.multitask.data.datamodule import EpochLoader, MultitaskDataModule
from triptych.multitask.data.dataset import Dataset
from triptych.multitask.datasets import open_dataset


@pytest.fixture(scope="module")
def dataset(few_digits: Path) -> Dataset:
    return open_dataset("digits", str(few_digits))


def seen(batches: EpochLoader) -> list[int]:
    return torch.cat([batch.indices for batch in batches]).tolist()


def test_training_batches_are_full_and_shuffled_anew(dataset: Dataset):
    first, second = (EpochLoader(dataset, "train", 50, epoch=epoch) for epoch in (0, 1))
    assert [len(batch) for batch in first] == [50] * 4 and len(first) == 4
    assert len(set(seen(first))) == 200
    assert seen(first) != seen(second) and seen(first) == seen(first)


def test_validation_is_whole_and_in_order(dataset: Dataset):
    assert seen(EpochLoader(dataset, "validation", 7)) == list(range(20))


def test_a_batch_larger_than_the_part_is_the_part(dataset: Dataset):
    batches = EpochLoader(dataset, "train", 1000)
    assert len(batches) == 1 and sorted(seen(batches)) == list(range(220))


def test_processes_share_an_epoch_and_take_as_many_steps(dataset: Dataset):
    shares = [EpochLoader(dataset, "train", 30, epoch=2, share=(rank, 3)) for rank in range(3)]
    found = [seen(share) for share in shares]
    assert len({len(share) for share in shares}) == 1
    assert len({index for share in found for index in share}) == sum(map(len, found)) == 210


def test_the_data_module_gives_each_process_its_share_of_the_epoch(dataset: Dataset):
    module = MultitaskDataModule(dataset, 30)
    module.trainer = MagicMock(L.Trainer, current_epoch=2, global_rank=1, world_size=3)
    share = EpochLoader(dataset, "train", 30, epoch=2, share=(1, 3))
    whole = EpochLoader(dataset, "train", 30, epoch=2)
    assert [indices[1::3].tolist() for indices in whole.indices] == [
        indices.tolist() for indices in share.indices
    ]
    assert seen(module.train_dataloader()) == seen(share)
    assert seen(module.val_dataloader()) == list(range(1, 20, 3))
