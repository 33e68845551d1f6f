"""Trainings whose backbone is frozen at first: what learns, and runs that are gone on with."""

import json
from pathlib import Path
from typing import Any

import lightning as L
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from triptych import multitask
from triptych.backbones.efficientnet_lite0 import EfficientNetLite0
from triptych.backbones.residual import ResidualNet
from triptych.frame.errors import ConfigError, MissingDependencyError

FROZEN = {"epochs": 2, "freeze_epochs": 1, "freeze_stages": 1, "layer_decay": 0.5, "ema_decay": 0.0}


class LastWeights(Callback):
    """Keeps the weights of the last epoch; a run keeps those of its best."""

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Copy them."""
        self.state = {
            n: v.clone() for n, v in pl_module.state_dict().items() if "_batches" not in n
        }


class StopAfterOne(Callback):
    """Stops a training in its second epoch, as Ctrl-C does."""

    def on_train_batch_start(self, trainer: L.Trainer, *_: object) -> None:
        """Stop."""
        if trainer.current_epoch:
            raise KeyboardInterrupt


def train(source: Path, out: Path, **more: Any) -> dict[str, Tensor]:
    """The weights a training of few digits ends with."""
    usual = {"batch": 64, "device": "cpu", "heads": ["label"], "backbone": "residual"}
    last = LastWeights()
    settings = {**usual, "callbacks": [last], **more}
    multitask.train("circled-digits", source=str(source), out=out, **settings)
    return last.state


def changed(before: dict[str, Tensor], after: dict[str, Tensor]) -> set[str]:
    """The parts, "backbone.stem" or "heads.digit", of which a tensor differs."""
    names = {name for name in before if not torch.equal(before[name], after[name])}
    return {".".join(name.removeprefix("model.").split(".")[:2]) for name in names}


def test_stages_learn_when_they_are_not_frozen(few_digits: Path, tmp_path: Path):
    settings = {**FROZEN, "epochs": 1}
    first = train(few_digits, tmp_path / "one", **settings)
    other = train(few_digits, tmp_path / "other", **settings, lr=0.03)
    assert changed(first, other) == {"heads.digit"}  # the backbone is as the seed drew it
    both = train(few_digits, tmp_path / "two", **FROZEN)
    assert changed(first, both) == {"backbone.stages", "heads.digit"}


def test_a_run_with_a_frozen_epoch_is_gone_on_with_as_if_never_stopped(
    few_digits: Path, tmp_path: Path
):
    whole = train(few_digits, tmp_path / "whole", **FROZEN)
    with pytest.raises(KeyboardInterrupt):
        train(few_digits, tmp_path / "part", **FROZEN, callbacks=[StopAfterOne()])
    record = json.loads((tmp_path / "part" / "run.json").read_text())
    assert record["network"]["backbone"] == "residual" and record["settings"]["freeze_epochs"] == 1
    resumed = LastWeights()
    multitask.resume(tmp_path / "part", callbacks=[resumed])
    assert changed(whole, resumed.state) == set()


def test_more_stages_than_there_are_write_no_run(few_digits: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match="residual has 4 stages, got 9"):
        train(few_digits, tmp_path / "run", freeze_stages=9)
    assert not (tmp_path / "run").exists()


def test_published_weights_are_where_a_training_begins(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def published(backbone: ResidualNet) -> None:
        asked.append("")
        torch.nn.init.constant_(backbone.stem.conv.weight, 0.125)

    monkeypatch.setattr(ResidualNet, "load_pretrained_", published)
    settings = {**FROZEN, "epochs": 1, "pretrained": True}
    state = train(few_digits, tmp_path / "run", **settings)
    assert (state["model.backbone.stem.conv.weight"] == 0.125).all()
    begun = len(asked)
    multitask.resume(tmp_path / "run", epochs=2)
    multitask.Predictor.load(tmp_path / "run", device="cpu")
    assert len(asked) == begun  # a run holds all weights


def test_weights_that_are_not_installed_write_no_run(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("triptych.frame.packaged_weights.package_file", lambda *_: None)
    assert not EfficientNetLite0.has_pretrained()
    with pytest.raises(MissingDependencyError, match="--no-pretrained"):
        train(few_digits, tmp_path / "run", backbone="efficientnet-lite0")
    assert not (tmp_path / "run").exists()
