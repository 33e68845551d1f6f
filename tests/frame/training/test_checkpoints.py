"""Checkpoints are whole or those that were there before, wherever their run is."""

import errno
import os
from pathlib import Path

import pytest
import torch
from tests.frame.training.test_trainer import Lesson, Stop, trained

from triptych.frame.errors import RunError, WriteError
from triptych.frame.training.checkpoints import (
    BEST,
    AtomicCheckpointIO,
    check_checkpoint,
    checkpoint_path,
    has_checkpoint,
    restore_best,
)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No checkpoint finds room."""

    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


def test_what_was_never_trained_stays_as_it_is(tmp_path: Path):
    lesson = Lesson([])
    before = lesson.line.weight.detach().clone()
    restore_best(lesson, tmp_path)
    assert lesson.line.weight.equal(before) and not has_checkpoint(tmp_path)


def test_a_full_disk_leaves_the_checkpoint_that_was_there(tmp_path: Path, full_disk: None):
    run = tmp_path / "run"
    run.mkdir()
    path = checkpoint_path(run)
    path.parent.mkdir()
    path.write_bytes(b"before")
    with pytest.raises(WriteError, match=r"last\.ckpt: no space left on device\.$"):
        AtomicCheckpointIO().save_checkpoint({"epoch": 1}, str(path))
    assert [*path.parent.iterdir()] == [path] and path.read_bytes() == b"before"


def test_a_training_on_a_full_disk_ends_in_one_line_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    scores = [0.1, 0.2, 0.3]
    whole = trained(tmp_path / "whole", scores)
    with pytest.raises(RuntimeError, match="cut"):
        trained(tmp_path / "run", scores, Stop(1, RuntimeError("cut")))
    before = checkpoint_path(tmp_path / "run").read_bytes()
    with monkeypatch.context() as patches:
        patches.setattr(os, "fsync", lambda _: os.write(-1, b""))
        with pytest.raises(WriteError, match="Cannot write"):
            trained(tmp_path / "run", scores)
    assert checkpoint_path(tmp_path / "run").read_bytes() == before
    assert trained(tmp_path / "run", scores).line.weight.equal(whole.line.weight)


def test_a_folder_deleted_meanwhile_is_told_and_not_made_again(tmp_path: Path):
    path = checkpoint_path(tmp_path / "run")
    with pytest.raises(WriteError, match=r"there is no folder .*run\."):
        AtomicCheckpointIO().save_checkpoint({"epoch": 1}, str(path))
    assert not (tmp_path / "run").exists()


def test_a_run_that_was_moved_still_knows_its_best_epoch(tmp_path: Path):
    scores = [0.9, 0.5, 0.4]
    with pytest.raises(RuntimeError, match="cut"):
        trained(tmp_path / "begun", scores, Stop(2, RuntimeError("cut")))
    (tmp_path / "begun").rename(tmp_path / "moved")
    trained(tmp_path / "moved", scores)
    best = checkpoint_path(tmp_path / "moved", BEST)
    assert torch.load(best, weights_only=True)["epoch"] == 0
    last = torch.load(checkpoint_path(tmp_path / "moved"), weights_only=True)
    (state,) = (value for name, value in last["callbacks"].items() if "'score'" in name)
    assert state["best_model_path"] == str(best) and state["best_k_models"].keys() == {str(best)}


def test_the_names_of_lightnings_own_callbacks_stand_in_a_checkpoint(tmp_path: Path):
    trained(tmp_path / "run", [0.5])
    state = torch.load(checkpoint_path(tmp_path / "run"), weights_only=True)
    names = [name for name in state["callbacks"] if "Checkpoint" in name]
    assert len(names) == 2 and all(name.startswith("ModelCheckpoint{") for name in names)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut"])
def test_a_damaged_best_epoch_is_told(tmp_path: Path, content: bytes):
    best = checkpoint_path(tmp_path, BEST)
    best.parent.mkdir()
    best.write_bytes(content)
    with pytest.raises(RunError, match=r"best\.ckpt is damaged\. Delete .*checkpoints to start"):
        restore_best(Lesson([]), tmp_path)
    with pytest.raises(RunError, match="Delete it"):
        check_checkpoint(best)
