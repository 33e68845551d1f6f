"""Trainings with "auto": those with what was found given, exactly; resumed without another test."""

import json
from pathlib import Path

import pytest

from triptych import multitask
from triptych.frame.errors import ConfigError
from triptych.frame.storage.model_files import load_model
from triptych.frame.training import lr_range

SETTINGS = {"epochs": 1, "precision": "fp32", "device": "cpu", "progress": False}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, few_digits: Path) -> Path:
    folder = tmp_path_factory.mktemp("auto") / "run"
    wanted = {"source": str(few_digits), "lr": "auto", "batch": "auto"}
    with pytest.warns(UserWarning, match=r"(Batch 16|Learning rate 0\.\d+): "):
        multitask.train("digits", out=folder, heads=["label"], **wanted, **SETTINGS)
    return folder


def test_it_is_the_training_with_what_was_found_given(run: Path, few_digits: Path, tmp_path: Path):
    record = json.loads((run / "run.json").read_bytes())
    given = {name: record["settings"][name] for name in ("lr", "batch")}
    assert given == {"lr": record["found"]["lr"]["rate"], "batch": 16}
    assert 1e-4 < given["lr"] < 0.1 and (run / "lr-range.png").stat().st_size > 10_000
    source = str(few_digits)
    multitask.train(
        "digits", out=tmp_path / "run", heads=["label"], source=source, **given, **SETTINGS
    )
    (_, found), (_, plain) = load_model(run), load_model(tmp_path / "run")
    assert all((found[name] == plain[name]).all() for name in plain)


def test_a_run_goes_on_without_another_test(run: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lr_range, "STEPS", 0)
    before = json.loads((run / "run.json").read_bytes())["settings"]
    multitask.resume(run, lr="auto", progress=False)
    assert json.loads((run / "run.json").read_bytes())["settings"] == before


def test_a_run_that_was_given_a_rate_does_not_go_on_with_another(trained_run: Path):
    with pytest.raises(ConfigError, match="begun with a lr that was given"):
        multitask.resume(trained_run, lr="auto")
