"""What the digit datasets share."""

from pathlib import Path

import pytest
import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask import open_dataset
from triptych.multitask.datasets._digit_dataset import DigitDataset


@pytest.fixture(scope="module")
def dataset(few_digits: Path) -> DigitDataset:
    dataset = open_dataset("digits", str(few_digits), {"shift": 3})
    assert isinstance(dataset, DigitDataset)
    return dataset


def test_the_info_is_that_of_a_plain_digit_but_for_what_is_changed(dataset: DigitDataset):
    info = dataset.digit_info(dataset="mine", targets=("label",), width=99)
    assert (info.dataset, info.channels, info.height, info.width) == ("mine", 1, 28, 99)
    assert info.classes == tuple("0123456789") and info.background == "dark"
    assert info.display_name("label") == "digit"


def test_only_training_digits_are_shifted(dataset: DigitDataset):
    which = torch.arange(20)
    for split in ("train", "validation", "test"):
        rng = CounterRNG([0], which)
        moved = dataset.shifted_digits(split, which, rng).box - dataset.cutouts(split).box[which]
        assert moved.abs().max() == (3 if split == "train" else 0)


def test_there_are_as_many_images_as_digits(dataset: DigitDataset):
    assert [dataset.size(split) for split in ("train", "validation", "test")] == [220, 20, 60]


def test_partly_annotated_digits_lack_the_same_truths_in_every_epoch(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits), {"annotated": 0.5, "ground": "black"})
    rows = torch.arange(dataset.size("train"))
    first, second = (dataset.batch("train", rows, epoch) for epoch in (0, 1))
    known = []
    for name in dataset.info.targets:
        present, later = first.targets[name].present, second.targets[name].present
        assert present is not None and later is not None
        assert torch.equal(present, later)
        assert 0.35 < present.float().mean() < 0.65
        known.append(present)
    assert not torch.equal(known[0], known[1])
    assert all(t.present is None for t in dataset.batch("test", rows[:9]).targets.values())
