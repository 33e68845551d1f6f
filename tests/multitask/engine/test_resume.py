"""Trainings that were stopped, gone on with as if they never had been."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych import multitask
from triptych.frame.errors import RunError, TriptychError
from triptych.multitask import TrainResult
from triptych.multitask.engine.train import TaskConfig

SMALL = {"epochs": 1, "batch": 64, "device": "cpu", "precision": "fp32"}
WEIGHTS = "model.safetensors"


def small(source: Path, out: Path, **more: Any) -> TrainResult:
    settings = {**SMALL, "heads": ["label"], **more}
    return multitask.train("circled-digits", source=str(source), out=out, **settings)


KILLED = """
import sys
from triptych import multitask
multitask.train(
    "circled-digits", source=sys.argv[1], out=sys.argv[2], epochs=40, batch=32, device="cpu"
)
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_weights(few_digits: Path, tmp_path: Path):
    settings = {"epochs": 40, "batch": 32, "device": "cpu"}
    source = str(few_digits)
    whole = multitask.train("circled-digits", source=source, out=tmp_path / "whole", **settings)
    run = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", KILLED, source, str(run)])
    last = run / "checkpoints" / "last.ckpt"
    deadline = time.monotonic() + 120
    while not last.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it ended before it was killed"
    assert not (run / WEIGHTS).exists()
    with pytest.raises(RunError, match="--resume"):
        multitask.load(run)
    resumed = multitask.resume(run)
    assert (run / WEIGHTS).read_bytes() == (tmp_path / "whole" / WEIGHTS).read_bytes()
    assert resumed.evaluation.metrics == whole.evaluation.metrics
    histories = [(place / "metrics.csv").read_text() for place in (run, tmp_path / "whole")]
    assert histories[0] == histories[1]


def test_a_finished_run_resumed_is_as_it_was(few_digits: Path, tmp_path: Path):
    trained = small(few_digits, tmp_path / "run")
    before = (tmp_path / "run" / WEIGHTS).read_bytes()
    resumed = multitask.resume(tmp_path / "run")
    assert (tmp_path / "run" / WEIGHTS).read_bytes() == before
    assert resumed.evaluation.metrics == trained.evaluation.metrics


def test_no_run_cannot_be_resumed(tmp_path: Path):
    with pytest.raises(RunError, match="Expected a run folder"):
        multitask.resume(tmp_path / "none")


@pytest.mark.parametrize(
    "damage",
    [
        {"plan": None},
        {"plan": {"dataset": "digits"}},
        {"settings": None},
        {"settings": {"epochs": "many"}},
        {"plan": {}},
    ],
    ids=str,
)
def test_a_damaged_record_cannot_be_resumed(tmp_path: Path, trained_run: Path, damage: dict):
    facts = json.loads((trained_run / "run.json").read_bytes())
    (tmp_path / "run.json").write_text(json.dumps({**facts, **damage}))
    with pytest.raises(TriptychError) as told:
        multitask.resume(tmp_path)
    assert "\n" not in str(told.value)


def test_data_that_changed_are_told(tmp_path: Path, write_idx, few_digits: Path):
    rng = np.random.default_rng(0)

    def some(count: int) -> tuple[np.ndarray, list[int]]:
        return rng.integers(0, 256, (count, 16, 16), dtype=np.uint8), [n % 3 for n in range(count)]

    folder = write_idx(tmp_path / "set", some(30), some(9))
    small(folder, tmp_path / "run", batch=8)
    write_idx(folder, some(30), some(9))
    with pytest.raises(RunError, match=r"data of .* have changed"):
        multitask.resume(tmp_path / "run")


def test_a_task_of_version_0_1_0_is_read():
    old = {
        "dataset": "foreground-digits",
        "source": "mnist",
        "options": {"shift": 2},
        "heads": ["mask"],
        "weights": {"mask": 3.0},
        "backbone": "auto",
        "backbone_options": {"context": 3, "widest": 32},
    }
    task = TaskConfig.from_dict(old)
    assert task.loss_weights == {"mask": 3.0}
    assert task.backbone_options == {"context": 3, "max_channels": 32}
    assert TaskConfig.from_dict(vars(task)) == task
