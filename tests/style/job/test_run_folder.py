"""The run folder of a painting: gone on with, branched from, and damage told."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from triptych.frame.errors import ConfigError, RunError
from triptych.frame.storage import images
from triptych.style.job.job import TransferJob
from triptych.style.job.loss_log import write_loss_csv
from triptych.style.job.run_folder import RunFolder, finished, fork_job, load_job
from triptych.style.job.runner import run
from triptych.style.job.session import JobSession, open_session
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.optimization.config import StepLog, TransferConfig


@pytest.fixture
def canvas(tiny: FeatureExtractor, tmp_path: Path) -> Callable[[], JobSession]:
    """Opens a canvas of two scales, of four and three steps."""
    for name in ("photo", "wave"):
        images.save(tmp_path / f"{name}.png", np.full((20, 30, 3), len(name) * 30, np.uint8))
    asked = TransferJob(
        *(str(tmp_path / "photo.png"), (str(tmp_path / "wave.png"),)),
        TransferConfig(size=24, steps=(4, 3)),
        features="tiny",
        device="cpu",
    )
    return lambda: open_session(asked, method=FeatureMethod(tiny))


@pytest.fixture
def stopped(canvas: Any, tmp_path: Path) -> Path:
    """A run that was stopped after five steps, one of the second scale."""
    work, steps = canvas(), iter(range(5))
    record = RunFolder(tmp_path / "run", work)
    record.begin({})
    run(work, record=record, stop=lambda: next(steps, None) is None)
    return tmp_path / "run"


def test_a_checkpoint_is_where_it_stood(canvas: Any, stopped: Path):
    work = canvas()
    RunFolder(stopped, work).restore()
    assert (work.optimizer.scale, work.optimizer.step_in_scale) == (1, 1)
    assert len(work.optimizer.history) == 5
    np.testing.assert_array_equal(work.image, images.read(stopped / "picture.png"))


def test_what_it_was_asked_for_is_read_again(canvas: Any, stopped: Path):
    found, facts = load_job(stopped)
    assert found == canvas().job
    assert set(facts["sha256"]) == {"content", "style 1"}
    assert not finished(stopped)


def test_a_branch_paints_the_scales_not_finished(stopped: Path):
    found = fork_job(stopped, {"strength": 0.9})
    assert found.settings.steps == (3,) and found.settings.strength == 0.9
    assert found.start == str(stopped / "picture.png")
    with pytest.raises(ConfigError, match="Leave out --init"):
        fork_job(stopped, {"init": "noise"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("steps", value) for value in ([], [0], "x", None)),
        *(("sha256", value) for value in ([], 5, None, {"content": 5})),
        *(("out", value) for value in (5, "a\0b.png")),
    ],
)
def test_a_record_that_was_altered_is_told(stopped: Path, name: str, value: object):
    record = stopped / "run.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), name: value}))
    for read in (load_job, partial(fork_job, changes={})):
        with pytest.raises(
            RunError, match=rf"run\.json is damaged\. Setting '{name}.*, got"
        ) as told:
            read(stopped)
        assert "\n" not in str(told.value)


def test_a_branch_from_costs_of_more_scales_than_the_run_has_is_refused(stopped: Path):
    write_loss_csv(stopped / "costs.csv", [StepLog(scale, 9, 1, 0.1, 1.0) for scale in range(3)])
    with pytest.raises(RunError, match=r"costs\.csv is of another painting"):
        fork_job(stopped, {})


@pytest.mark.parametrize(
    "changes",
    [
        *({name: torch.zeros(3)} for name in ("scale", "done", "seconds", "rate", "failures")),
        *({name: torch.zeros(2, 7)} for name in ("moves", "bends", "best", "picture")),
        {"picture": None},
        {"moves": None},
        *({"steps": word} for word in ("-3", "4", "0", "x")),
    ],
    ids=str,
)
def test_a_damaged_checkpoint_is_told(canvas: Any, stopped: Path, changes: dict[str, Any]):
    path = stopped / "checkpoint.safetensors"
    kept = {"steps": "5", **load_file(path), **changes}
    steps = kept.pop("steps")
    whole = {name: value for name, value in kept.items() if value is not None}
    save_file(whole, path, {"steps": steps})
    with pytest.raises(RunError, match=r"checkpoint\.safetensors is damaged\. Delete it to begin"):
        RunFolder(stopped, canvas()).restore()
    path.unlink()
    RunFolder(stopped, canvas()).restore()


@pytest.mark.parametrize("left", ["damaged", "a file", "nothing"])
def test_a_damaged_timeline_ends_no_painting(canvas: Any, stopped: Path, left: str):
    frames = sorted((stopped / "timeline").iterdir())
    if left == "damaged":
        frames[-1].write_bytes(b"x")
    else:
        shutil.rmtree(stopped / "timeline")
    if left == "a file":
        (stopped / "timeline").touch()
    work = canvas()
    record = RunFolder(stopped, work, every=0)
    record.restore()
    assert run(work, record=record).finished and finished(stopped)
    np.testing.assert_array_equal(work.image, images.read(stopped / "picture.png"))
    assert (stopped / "timeline.png").exists() == (left != "a file")


def test_a_table_that_lacks_steps_is_told(canvas: Any, stopped: Path):
    write_loss_csv(stopped / "costs.csv", [])
    with pytest.raises(RunError, match=r"costs\.csv lacks steps"):
        RunFolder(stopped, canvas()).restore()


def test_without_a_picture_there_is_nothing_to_branch_from(stopped: Path):
    (stopped / "picture.png").unlink()
    with pytest.raises(RunError, match="holds no picture yet"):
        fork_job(stopped, {})


def test_a_finished_run_needs_no_checkpoint(canvas: Any, tmp_path: Path):
    work = canvas()
    record = RunFolder(tmp_path / "done", work)
    record.begin({})
    assert run(work, record=record).finished
    assert finished(tmp_path / "done")
    assert not (tmp_path / "done/checkpoint.safetensors").exists()
    assert fork_job(tmp_path / "done", {}).settings.steps == (3,)
