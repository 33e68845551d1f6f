"""A dataset reads and measures only the split it is asked for, and is the same each time."""

import json
from pathlib import Path

import pytest
import torch

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask import DATASETS, Cutouts, Source, open_dataset
from triptych.multitask.data.cutout_bank import CutoutBank
from triptych.multitask.data.dataset import SPLITS
from triptych.multitask.data.source import SourceSplit
from triptych.multitask.datasets import _synthetic_dataset as dataset_module
from triptych.multitask.datasets._synthetic_dataset import VALIDATION_EVERY
from triptych.multitask.datasets.digits import Digits
from triptych.multitask.datasets.emoji import Emoji

OLD_RUNS = Path(__file__).parents[2] / "old_runs"


class Counting(Source):
    """Twenty-four squares for training, six for testing; remembers what it was asked for."""

    subjects = ("digits", "emoji")

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[SourceSplit] = []

    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        self.asked.append(split)
        count = 24 if split == "train" else 6
        images = torch.zeros(count, 1, 8, 8, dtype=torch.uint8)
        images[:, :, 2:6, 2:6] = (100 + torch.arange(count, dtype=torch.uint8))[:, None, None, None]
        return Cutouts(images, torch.arange(count) % 3, ("a", "b", "c"))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cutouts were measured, each time."""
    counts: list[int] = []
    original = CutoutBank.from_cutouts

    def count(cutouts: Cutouts, *, circles: bool) -> CutoutBank:
        counts.append(len(cutouts))
        return original(cutouts, circles=circles)

    monkeypatch.setattr(dataset_module.CutoutBank, "from_cutouts", count)
    return counts


def test_test_images_need_no_training_cutouts(measured: list[int]):
    source = Counting()
    dataset = Digits(source)
    assert dataset.info.classes == ("a", "b", "c") and dataset.size("test") == 6
    dataset.batch("test", torch.arange(6))
    assert source.asked == ["test"] and measured == [6]


def test_each_split_is_measured_once_when_it_is_asked_for(measured: list[int]):
    source = Counting()
    dataset = Digits(source)
    for _ in range(2):
        for split in ("validation", "train"):
            dataset.batch(split, torch.arange(2))
    assert source.asked == ["train"] and measured == [2, 22]


def test_a_fingerprint_measures_nothing(measured: list[int]):
    assert Digits(Counting()).fingerprint() == Digits(Counting()).fingerprint()
    assert measured == []


@pytest.mark.parametrize("run", ["digits", "colored-digits", "mosaic-digits"])
def test_fingerprints_are_those_of_version_0_1_0(run: str):
    """Or runs that were stopped could not be gone on with."""
    record = json.loads((OLD_RUNS / run / "run.json").read_text())
    options = {**DATASETS[run].former_options, **record["plan"]["options"]}
    dataset = open_dataset(run, str(OLD_RUNS / "idx"), options)
    assert dataset.fingerprint() == record["data"]


def test_validation_is_a_twelfth_of_the_training_cutouts():
    dataset = Digits(Counting(), seed=7)
    levels = {s: set(dataset.cutouts(s).images.amax((1, 2, 3)).tolist()) for s in SPLITS}
    assert len(levels["validation"]) == 24 // VALIDATION_EVERY
    assert not levels["train"] & levels["validation"]
    assert len(levels["train"] | levels["validation"]) == 24
    other = Digits(Counting(), seed=8)
    assert not dataset.cutouts("validation").images.equal(other.cutouts("validation").images)


def test_a_source_with_one_cutout_a_class_has_them_in_every_split():
    dataset = Emoji(_OneEach())
    assert [dataset.num_cutouts(split) for split in SPLITS] == [3, 3, 3]


class _OneEach(Counting):
    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        return super().cutouts(subject, split).subset(torch.arange(3))


def test_settings_are_checked_when_a_dataset_is_made():
    with pytest.raises(UnknownNameError, match="Did you mean 'shift'"):
        Digits(Counting(), {"shfit": 1})
    with pytest.raises(ConfigError, match="Setting 'shift'"):
        Digits(Counting(), {"shift": 9})
    assert Digits(Counting(), {"shift": "3"}).config.shift == 3


GROUNDS = ("black", "paper")


def test_what_photographs_hide_is_not_learned(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits), {"ground": "paper"})
    known = dataset.batch("train", torch.arange(200)).targets["mask"].present
    assert known is not None and 0.7 < known.float().mean() < 0.95
    for split in ("validation", "test"):
        batch = dataset.batch(split, torch.arange(dataset.size(split)))
        assert all(target.present is None for target in batch.targets.values())


@pytest.mark.parametrize("name", ["digits", "circled-digits", "foreground-digits"])
def test_outliers_are_images_that_are_the_same_again(few_digits: Path, name: str):
    outliers = open_dataset(name, str(few_digits)).outliers(300)
    assert outliers is not None and outliers.shape == (300, 1, 28, 28)
    assert outliers.min() >= 0 and outliers.max() <= 1
    assert (outliers.amax((1, 2, 3)) > 0.2).float().mean() > 0.95
    again = open_dataset(name, str(few_digits)).outliers(300)
    assert again is not None and torch.equal(outliers, again)


def test_letters_are_not_turned():
    outliers = Digits(Counting()).outliers(60)
    assert outliers is not None and outliers.shape == (60, 1, 8, 8)


@pytest.mark.parametrize("name", ["mosaic-digits", "colored-digits"])
def test_images_of_more_than_a_digit_have_no_outliers(few_digits: Path, name: str):
    assert open_dataset(name, str(few_digits)).outliers(10) is None


def test_some_training_digits_are_written_in_other_hands(few_digits: Path):
    plain, paper = (open_dataset("digits", str(few_digits), {"ground": g}) for g in GROUNDS)
    indices = torch.arange(plain.size("train"))
    labels = [one.batch("train", indices)["label"] for one in (plain, paper)]
    changed = labels[0] != labels[1]
    assert 0 < changed.float().mean() < 0.15


def test_letters_are_not_mixed_with_drawn_digits():
    dataset = Digits(Counting(), {"ground": "paper"})
    batch = dataset.batch("train", torch.arange(dataset.size("train")))
    assert int(batch["label"].max()) < len(dataset.classes)


def test_plain_digits_are_those_of_version_0_1_0(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits), {"ground": "black", "input": "image"})
    batch = dataset.batch("train", torch.arange(200))
    assert dataset.info.input == "image" and batch.targets["mask"].present is None
