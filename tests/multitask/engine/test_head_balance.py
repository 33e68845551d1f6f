"""Trainings whose heads' weights are learned: recorded, resumed exactly, in several batches a step
and processes."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch.callbacks import Callback

from triptych import multitask
from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.frame.training.callbacks import read_history
from triptych.multitask import MultitaskModel, open_dataset
from triptych.multitask.data.step_batch import StepBatch
from triptych.multitask.engine.gradient_points import gradient_rows
from triptych.multitask.engine.lightning_module import MultitaskModule

SMALL = {"batch": 16, "device": "cpu", "precision": "fp32", "progress": False}
LEARNED = ["gradnorm", "uncertainty"]


class Stop(Callback):
    """Stops as a user does, as an epoch begins."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        if trainer.current_epoch == self.epoch:
            raise KeyboardInterrupt


def train(source: Path, out: Path, **more: Any) -> Path:
    settings = {"source": str(source), "heads": ["label", "circle"], **SMALL, **more}
    multitask.train("circled-digits", out=out, **settings)
    return out


@pytest.mark.parametrize("method", LEARNED)
def test_a_stopped_training_goes_on_to_the_same_weights(
    few_digits: Path, tmp_path: Path, method: str
):
    how = {"epochs": 2, "head_balance": method, "accumulate": 2}
    whole = train(few_digits, tmp_path / "whole", **how)
    with pytest.raises(KeyboardInterrupt):
        train(few_digits, tmp_path / "run", callbacks=[Stop(1)], **how)
    multitask.resume(tmp_path / "run", progress=False)
    for name in ("model.safetensors", "metrics.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (whole / name).read_bytes(), name
    assert gradient_rows(tmp_path / "run") == gradient_rows(whole)
    facts = [json.loads((run / "metrics.json").read_bytes()) for run in (tmp_path / "run", whole)]
    assert facts[0]["head_weights"] == facts[1]["head_weights"]
    with pytest.raises(
        ConfigError, match=f"begun with head_balance {method}, got head_balance fixed"
    ):
        multitask.resume(tmp_path / "run", head_balance="fixed")


def test_learned_weights_are_in_the_record(few_digits: Path, tmp_path: Path):
    run = train(few_digits, tmp_path / "run", epochs=1, head_balance="uncertainty")
    (row,) = read_history(run)
    assert row["weight/digit"] > 0 and row["weight/circle"] > 0
    assert json.loads((run / "run.json").read_bytes())["plan"]["head_balance"] == "uncertainty"
    weights = json.loads((run / "metrics.json").read_bytes())["head_weights"]
    assert weights.keys() == {"digit", "circle"} and weights != {"digit": 1.0, "circle": 2.0}
    names = torch.load(run / "checkpoints" / "last.ckpt")["state_dict"]
    assert "head_balance.log_variances" in names
    assert multitask.load(run)  # a model knows nothing of it


def test_a_method_that_is_none_is_told_before_anything_is_written(few_digits: Path, tmp_path: Path):
    with pytest.raises(UnknownNameError, match="Did you mean 'uncertainty'"):
        train(few_digits, tmp_path / "run", head_balance="uncertain")
    assert not (tmp_path / "run").exists()


def module(source: Path, method: str = "fixed") -> tuple[MultitaskModule, Any]:
    torch.manual_seed(0)
    data = open_dataset("digits", str(source))
    model = MultitaskModel(data.info, ["label", "box"])
    weights = {"digit": 1.7, "box": 0.3}
    built = MultitaskModule(model, TrainingConfig(device="cpu"), weights, head_balance=method)
    built.log = lambda *_, **__: None  # type: ignore[method-assign]
    return built, data.batch("train", torch.arange(16))


def test_fixed_weights_give_the_bits_of_the_plain_sum(few_digits: Path):
    built, batch = module(few_digits)
    total = built.training_step(batch, 0)
    total.backward()
    plain, _ = module(few_digits)
    losses = plain.losses(plain.model(batch.images), batch, weighted=True)
    expected = torch.stack([1.7 * losses["digit"], 0.3 * losses["box"]]).sum()
    expected.backward()
    assert torch.equal(total, expected)
    for one, other in zip(built.model.parameters(), plain.model.parameters()):
        assert one.grad is not None and other.grad is not None and torch.equal(one.grad, other.grad)
    assert built.state_dict().keys() == {f"model.{name}" for name in built.model.state_dict()}


@pytest.mark.parametrize("method", LEARNED)
def test_methods_learn_at_a_rate_of_their_own_and_are_not_decayed(few_digits: Path, method: str):
    built, _ = module(few_digits, method)
    built.trainer = type("Ten", (), {"estimated_stepping_batches": 10})()  # type: ignore[assignment]
    optimizer = built.configure_optimizers()["optimizer"]  # type: ignore[index, call-overload]
    own = {id(parameter) for parameter in built.head_balance.parameters()}
    (group,) = [g for g in optimizer.param_groups if {id(p) for p in g["params"]} & own]
    assert {id(p) for p in group["params"]} == own
    assert group["weight_decay"] == 0 and group["max_lr"] == 0.025 != built.config.lr


@pytest.mark.parametrize("method", LEARNED)
def test_a_batch_in_which_a_head_has_no_target_is_trained_on(few_digits: Path, method: str):
    built, batch = module(few_digits, method)
    targets = {**batch.targets}
    targets["label"] = type(targets["label"])(targets["label"].values, torch.zeros(16).bool())
    partly = type(batch)(batch.images, batch.indices, targets)
    for part in (partly, *StepBatch.of_step([batch, partly])):
        total = built.training_step(part, 0)
        total.backward()
        assert torch.isfinite(total)
    (own,) = built.head_balance.parameters()
    assert own.grad is not None and torch.isfinite(own.grad).all()
