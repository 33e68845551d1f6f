"""What is said of a network before its training begins."""

import json
from pathlib import Path
from typing import Any

import lightning as L
import pytest

from triptych.cli.multitask.network_note import NetworkNote

NETWORK = {
    **{"backbone": "unet-m", "pretrained_on": "", "parameters": 2_500_000, "device": "cpu"},
    **{"multiply_adds": 420_000_000, "milliseconds": 12.34, "height": 100, "width": 150},
}


def tell(folder: Path) -> None:
    trainer = L.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
    NetworkNote(folder).on_train_start(trainer, L.LightningModule())


def record(folder: Path, facts: dict[str, Any]) -> Path:
    (folder / "run.json").write_text(json.dumps({"format": 2, **facts}))
    return folder


def test_costs_and_hint_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tell(record(tmp_path, {"network": NETWORK, "hint": "A hint."}))
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == [
        "Backbone unet-m: 2.50 million parameters, 0.420 billion multiply-adds and 12.3 ms an "
        "image of 150×100 here (cpu).",
        "A hint.",
    ]


def test_a_record_without_it_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tell(record(tmp_path, {}))
    assert "Backbone" not in capsys.readouterr().err
