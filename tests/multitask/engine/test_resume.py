"""Trainings that were stopped, gone on with as if they never had been."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from triptych import multitask
from triptych.frame.errors import ConfigError, RunError, TriptychError
from triptych.multitask import TrainResult
from triptych.multitask.engine.task import TaskConfig
from triptych.multitask.sources.idx import IDXFolder

SMALL = {"epochs": 1, "batch": 64, "device": "cpu", "precision": "fp32"}
WEIGHTS = "model.safetensors"


def small(source: Path, out: Path, **more: Any) -> TrainResult:
    settings = {**SMALL, "heads": ["label"], **more}
    return multitask.train("circled-digits", source=str(source), out=out, **settings)


KILLED = """
import sys
from triptych import multitask
multitask.train(
    "circled-digits", source=sys.argv[1], out=sys.argv[2], epochs=12, batch=32, device="cpu"
)
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_weights(few_digits: Path, tmp_path: Path):
    settings = {"epochs": 12, "batch": 32, "device": "cpu"}
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


def test_more_epochs_lay_the_schedule_anew(few_digits: Path, tmp_path: Path):
    small(few_digits, tmp_path / "run", batch=32)
    grown = multitask.resume(tmp_path / "run", epochs=3)
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    assert len(rows) == 1 + 3
    record = json.loads((tmp_path / "run" / "run.json").read_bytes())
    assert record["settings"]["epochs"] == 3
    state = torch.load(grown.folder / "checkpoints" / "last.ckpt", weights_only=True)
    (schedule,) = state["lr_schedulers"]
    assert schedule["total_steps"] == schedule["last_epoch"] == state["global_step"]
    with pytest.raises(ConfigError, match=r"begun with epochs 3, got 2\. Epochs may only grow"):
        multitask.resume(tmp_path / "run", epochs=2)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"batch": 32}, "begun with batch 64, got batch 32"),
        ({"batch": 32, "seed": 4}, "batch 64, seed 0, got batch 32, seed 4"),
        ({"dataset": "mosaic-digits"}, "a run of circled-digits, got mosaic-digits"),
        ({"dataset": "circled-digit"}, "Did you mean 'circled-digits'"),
        ({"heads": ["circle"]}, "begun with heads label, got heads circle"),
        ({"options": {"shift": 4}}, "begun with shift 2, got shift 4"),
        ({"loss_weights": {"digit": 2}}, "begun with loss_weights digit="),
        ({"backbone": "unet"}, "backbone auto, got backbone unet"),
        ({"limit": 20}, "limit none, got limit 20"),
        ({"epoch": 3}, "Did you mean 'epochs'"),
        ({"source": "drawn"}, "trained on other images than those of drawn"),
    ],
    ids=str,
)
def test_what_differs_from_the_run_is_refused_by_name(
    few_digits: Path, label_run: Path, said: dict, words: str
):
    before = {file: file.read_bytes() for file in label_run.glob("*.*")}
    with pytest.raises(TriptychError, match=words) as told:
        multitask.resume(label_run, **said)
    assert "\n" not in str(told.value)
    assert before == {file: file.read_bytes() for file in label_run.glob("*.*")}


def test_what_the_run_has_may_be_said_again(few_digits: Path, label_run: Path):
    said = {**SMALL, "heads": ["digit"], "options": {"shift": "2"}, "loss_weights": {"label": 1}}
    multitask.resume(label_run, dataset="circled-digits", source=few_digits, **said)


@pytest.fixture(scope="module")
def label_run(few_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(few_digits, tmp_path_factory.mktemp("label") / "run").folder


def test_a_run_works_from_any_folder_and_asks_for_a_source_that_moved(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(few_digits, tmp_path / "here" / "digits")
    monkeypatch.chdir(tmp_path / "here")
    run = small(Path("digits"), tmp_path / "run").folder
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    assert multitask.evaluate(run, device="cpu").images == 60
    multitask.resume(run)
    (tmp_path / "here" / "digits").rename(tmp_path / "there" / "moved")
    for work in (multitask.evaluate, multitask.resume):
        with pytest.raises(RunError, match=r"here/digits, which is not there.*--source FOLDER"):
            work(run)
    assert multitask.evaluate(run, source="moved", device="cpu").images == 60
    multitask.resume(run, source="moved")
    multitask.resume(run)  # recorded where it is now


def test_a_run_of_an_object_asks_for_it_again(few_digits: Path, tmp_path: Path):
    data = multitask.open_dataset("circled-digits", str(few_digits))
    settings = {**SMALL, "heads": ["label"], "limit": 64}
    run = multitask.train(data, out=tmp_path / "a", **settings).folder
    with pytest.raises(RunError, match="dataset=…"):
        multitask.resume(run)
    multitask.resume(run, dataset=data)
    assert multitask.evaluate(run, dataset=data, device="cpu").images == 60
    source = IDXFolder(str(few_digits))
    run = multitask.train("circled-digits", source=source, out=tmp_path / "b", **settings).folder
    with pytest.raises(RunError, match="source=…"):
        multitask.resume(run)
    multitask.resume(run, source=source)
    assert multitask.evaluate(run, source=source, device="cpu").source == "IDXFolder"
    with pytest.raises(ConfigError, match="made of emoji, which the source has not"):
        multitask.open_dataset("emoji", source)


def test_a_limit_takes_so_many_images_and_is_recorded(few_digits: Path, tmp_path: Path):
    run = small(few_digits, tmp_path / "run", limit=30, batch=10).folder
    state = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    assert state["global_step"] == 3
    assert json.loads((run / "run.json").read_bytes())["plan"]["limit"] == 30
    with pytest.raises(ConfigError, match="limit of 2 images or more, got 1"):
        small(few_digits, tmp_path / "none", limit=1)


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
