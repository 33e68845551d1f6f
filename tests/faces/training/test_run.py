"""One training run: who trains, validates and is tested, and what is wrong with that."""

from pathlib import Path

import pytest

from triptych.faces.training.run import TrainingRun
from triptych.faces.training.setup import TrainConfig, resolve_config

from .test_datamodule import crops


def ready(folder: Path, people: int, **changes) -> TrainingRun:
    settings = {"height": 24, "width": 24, "channels": 1, **changes}
    task = TrainConfig([], "scratch", {})
    return TrainingRun(folder, task, *resolve_config("scratch", settings), crops(people, 3), ())


def test_no_person_is_in_two_parts(tmp_path: Path):
    splits, warnings = ready(tmp_path, 12).splits()
    names = [name for part in splits.values() for name in part.identities]
    assert len(names) == len(set(names)) == 12 and warnings == ()
    assert {part: len(split.identities) for part, split in splits.items()} == {
        "train": 7,
        "validation": 2,
        "test": 3,
    }


def test_rotations_are_people_of_their_own_in_training_only(tmp_path: Path):
    plain, _ = ready(tmp_path, 12).splits()
    turned, _ = ready(tmp_path, 12, rotation_classes=True).splits()
    assert len(turned["train"].identities) == 4 * len(plain["train"].identities)
    assert len(turned["train"]) == 4 * len(plain["train"])
    assert turned["test"].identities == plain["test"].identities


@pytest.mark.parametrize(
    ("people", "warning", "parts"),
    [
        (2, "2 people are too few to keep any apart", {"train", "validation"}),
        (5, "5 people are too few to keep any for the test", {"train", "validation"}),
        (6, None, {"train", "validation", "test"}),
    ],
)
def test_too_few_people_are_told(tmp_path: Path, people: int, warning: str | None, parts: set[str]):
    splits, warnings = ready(tmp_path, people).splits()
    assert splits.keys() == parts
    assert (warnings == ()) if warning is None else warnings[0].startswith(warning)
