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
