"""Training encoders: what is handed on, and what is printed of the result."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from triptych.cli.faces import training
from triptych.cli.signals import StoppedError
from triptych.frame.storage import images
from triptych.frame.storage.image_folder import SkippedImage

Capture = pytest.CaptureFixture[str]
HOLDOUT = SimpleNamespace(to_dict=lambda: {"metrics": {"eer": 0.1}}, definitions={"eer": "rate"})


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("team/Ada").mkdir(parents=True)
    images.save("team/Ada/0.png", np.zeros((8, 8, 3), np.uint8))
    Path("team/Ada/notes.txt").write_text("x")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was handed to `train` and `resume`, which answer at once."""
    calls: list[tuple[Any, ...]] = []

    def answer(name: str) -> Any:
        def call(first: Any, **settings: Any) -> Any:
            del settings["progress"]
            calls.append((name, first, settings))
            return SimpleNamespace(
                folder=Path("runs/team"),
                refused=(SkippedImage("b.png", "no face"),),
                warnings=("Lower --lr.",),
                seconds=3.0,
                metrics={"eer": 0.1},
                holdout=HOLDOUT,
            )

        return call

    monkeypatch.setattr(training, "trained", answer("train"))
    monkeypatch.setattr(training, "resumed", answer("resume"))
    return calls


def test_settings_are_handed_on_and_a_network_begins_from_scratch(asked: list, capsys: Capture):
    training.train([Path("team")], None, None, {"epochs": 2}, resume=False, json=True)
    assert asked == [
        ("train", [Path("team")], {"out": None, "encoder": "scratch", "epochs": 2}),
    ]
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["metrics"] == {"eer": 0.1}
    assert [row["photo"] for row in told["left_out"]] == ["Ada/notes.txt"]
    for words in ("refused: b.png: no face", "note: Lower --lr.", "Trained in 3 s. Run: runs/team"):
        assert words in said.err


def test_going_on_is_told_where_the_photos_are_now(asked: list, capsys: Capture):
    training.train([Path("team")], Path("runs/x"), None, {}, resume=True, json=False)
    assert asked == [("resume", Path("runs/x"), {"folder": [Path("team")], "encoder": None})]
    table = capsys.readouterr().out
    assert "eer" in table and "0.1000" in table and "rate" in table


@pytest.mark.parametrize("begun", [True, False])
def test_a_stop_ends_with_the_command_that_goes_on_where_there_is_a_run(
    begun: bool, monkeypatch: pytest.MonkeyPatch
):
    def stop(*_: Any, **__: Any) -> None:
        if begun:
            Path("runs/team").mkdir(parents=True)
            Path("runs/team/run.json").write_text("{}")
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "trained", stop)
    with pytest.raises(StoppedError if begun else KeyboardInterrupt) as told:
        training.train([Path("team")], None, None, {}, resume=False, json=False)
    words = "Go on with:  triptych faces train team --out runs/team --resume"
    assert str(told.value) == (words if begun else "")


def test_characters_are_measured_with_the_encoder_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    facts = {"metrics": {"characters/one_shot": 0.5}, "definitions": {"characters/one_shot": "of"}}
    result = SimpleNamespace(to_dict=lambda: facts, trials=400)
    loaded = lambda name, device: (name, device)  # noqa: E731
    monkeypatch.setattr(training, "load_encoder", loaded)
    measured: list[Any] = []
    monkeypatch.setattr(
        training, "evaluate_one_shot", lambda runs, encoder: measured.append(encoder) or result
    )
    training.omniglot(Path("all_runs"), "mine", "cpu", json=True)
    assert json.loads(capsys.readouterr().out) == facts and measured == [("mine", "cpu")]
    training.omniglot(Path("all_runs"), "mine", "cpu", json=False)
    assert "all_runs, 400 drawings" in capsys.readouterr().out
