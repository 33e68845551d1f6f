"""After each validation epoch metrics are logged and predictions drawn."""

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import lightning as L
import pytest
import torch

from triptych.frame.config import TrainingConfig
from triptych.frame.storage import images
from triptych.multitask import Dataset, MultitaskModel, open_dataset
from triptych.multitask.engine.callbacks import PredictionSheets, ValidationMetrics
from triptych.multitask.engine.lightning_module import MultitaskModule
from triptych.multitask.engine.metric_suite import MetricSuite


@pytest.fixture(scope="module")
def dataset(few_digits: Path) -> Dataset:
    return open_dataset("circled-digits", str(few_digits))


@pytest.fixture
def module(dataset: Dataset) -> MultitaskModule:
    torch.manual_seed(0)
    model = MultitaskModel(dataset.info, ["label", "circle"]).eval()
    return MultitaskModule(model, TrainingConfig(device="cpu"), {"digit": 1.0, "circle": 1.0})


def trainer(epoch: int = 0, *, zero: bool = True) -> Any:
    return MagicMock(L.Trainer, is_global_zero=zero, current_epoch=epoch)


def test_every_metric_and_their_score_are_logged(dataset: Dataset, module: MultitaskModule):
    callback = ValidationMetrics(MetricSuite(module.model))
    logged: dict[str, float] = {}
    module.log_dict = lambda values, **_: logged.update(values)  # type: ignore[method-assign]
    batch = dataset.batch("validation", torch.arange(20))
    for _ in range(2):  # the second epoch begins anew
        callback.on_validation_epoch_start(trainer(), module)
        with torch.no_grad():
            outputs = module.model(batch.images)
        callback.on_validation_batch_end(trainer(), module, outputs, batch, 0)
        callback.on_validation_epoch_end(trainer(), module)
        assert len(callback.suite.metrics["circle/iou"].values) == 20  # type: ignore[arg-type]
    assert logged.keys() == {"digit/accuracy", "circle/iou", "circle/iou_when_right", "score"}
    mean = (logged["digit/accuracy"] + logged["circle/iou"]) / 2
    assert logged["score"] == pytest.approx(mean)


def test_a_sheet_is_drawn_for_each_epoch_by_the_first_process(
    dataset: Dataset, module: MultitaskModule, tmp_path: Path
):
    callback = PredictionSheets(dataset, tmp_path)
    callback.on_validation_epoch_end(trainer(4, zero=False), module)
    assert not (tmp_path / "epochs").exists()
    for epoch in (0, 1):
        callback.on_validation_epoch_end(trainer(epoch), module)
    assert sorted(path.name for path in (tmp_path / "epochs").iterdir()) == ["001.png", "002.png"]
    assert images.read(tmp_path / "epochs" / "001.png").std() > 0
