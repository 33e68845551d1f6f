"""The training step: the weighted sum of the heads' losses."""

from pathlib import Path

import pytest
import torch

from triptych.frame.config import TrainingConfig
from triptych.multitask import Batch, MultitaskModel, open_dataset
from triptych.multitask.data.step_batch import StepBatch
from triptych.multitask.engine.lightning_module import MultitaskModule
from triptych.multitask.structures.batch import Target

CONFIG = TrainingConfig(device="cpu")


@pytest.fixture
def batch(few_digits: Path) -> Batch:
    return open_dataset("digits", str(few_digits)).batch("train", torch.arange(8))


def module(batch: Batch, weights: dict[str, float], few_digits: Path) -> MultitaskModule:
    torch.manual_seed(0)
    info = open_dataset("digits", str(few_digits)).info
    built = MultitaskModule(MultitaskModel(info, ["label", "box"]).eval(), CONFIG, weights)
    built.log = lambda *_, **__: None  # type: ignore[method-assign]
    return built


def test_the_loss_is_the_weighted_sum_of_the_heads_losses(batch: Batch, few_digits: Path):
    parts = {}
    for name, weights in {
        "digit": {"digit": 1.0, "box": 0.0},
        "box": {"digit": 0.0, "box": 1.0},
        "both": {"digit": 2.0, "box": 3.0},
    }.items():
        parts[name] = module(batch, weights, few_digits).training_step(batch, 0).item()
    assert parts["both"] == pytest.approx(2 * parts["digit"] + 3 * parts["box"], rel=1e-5)


def test_validation_gives_the_outputs_by_head(batch: Batch, few_digits: Path):
    outputs = module(batch, {"digit": 1.0, "box": 1.0}, few_digits).validation_step(batch, 0)
    assert {name: output.shape for name, output in outputs.items()} == {
        "digit": (8, 10),
        "box": (8, 4),
    }


def test_losses_are_logged_by_stage_and_head(batch: Batch, few_digits: Path):
    built = module(batch, {"digit": 1.0, "box": 1.0}, few_digits)
    logged: dict[str, float] = {}
    built.log = lambda name, value, **_: logged.update({name: value})  # type: ignore[method-assign]
    built.training_step(batch, 0)
    assert logged.keys() == {"train/loss"}
    built.validation_step(batch, 0)
    assert logged.keys() == {"train/loss", "val/loss", "digit/loss", "box/loss"}


def test_batches_of_a_step_have_the_loss_of_all_its_images(batch: Batch, few_digits: Path):
    known = Target(batch["label"], torch.arange(8) % 8 < 3)  # 3 of the first half, then none
    partly = Batch(batch.images, batch.indices, {**batch.targets, "label": known})
    built = module(partly, {"digit": 1.0, "box": 2.0}, few_digits)
    halves = [partly.select(torch.arange(5)), partly.select(torch.arange(5, 8))]
    whole = built.training_step(partly, 0).item()
    parts = [built.training_step(part, 0).item() for part in StepBatch.of_step(halves)]
    assert sum(parts) / 2 == pytest.approx(whole, rel=1e-5)
    assert sum(built.training_step(half, 0).item() for half in halves) / 2 != pytest.approx(whole)


def test_classes_weigh_in_training_alone(batch: Batch, few_digits: Path):
    plain = module(batch, {"digit": 1.0, "box": 1.0}, few_digits)
    weights = torch.linspace(0.5, 3, 10)
    weighted = MultitaskModule(plain.model, CONFIG, plain.loss_weights, {"digit": weights})
    weighted.log = lambda *_, **__: None  # type: ignore[method-assign]
    outputs, target = plain.model(batch.images), batch["label"]
    logs = outputs["digit"].log_softmax(1)
    by_hand = -sum(weights[t] * logs[row, t] for row, t in enumerate(target.tolist())) / len(batch)
    losses = plain.losses(outputs, batch)
    loss = weighted.training_step(batch, 0)
    assert loss.item() == pytest.approx((by_hand + losses["box"]).item(), rel=1e-5)
    assert weighted.losses(outputs, batch)["digit"].item() == losses["digit"].item()
    assert weighted.state_dict().keys() == plain.state_dict().keys()


def test_weighted_batches_of_a_step_have_the_loss_of_all_its_images(batch: Batch, few_digits: Path):
    plain = module(batch, {"digit": 1.0, "box": 2.0}, few_digits)
    weights = {"digit": torch.linspace(0.1, 9, 10)}
    built = MultitaskModule(plain.model, CONFIG, plain.loss_weights, weights)
    built.log = lambda *_, **__: None  # type: ignore[method-assign]
    halves = [batch.select(torch.arange(5)), batch.select(torch.arange(5, 8))]
    parts = [built.training_step(part, 0).item() for part in StepBatch.of_step(halves)]
    assert sum(parts) / 2 == pytest.approx(built.training_step(batch, 0).item(), rel=1e-5)
