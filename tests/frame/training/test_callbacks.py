"""A training is followed: an epoch a row in a table, and a word to a watcher now and then."""

from pathlib import Path
from unittest.mock import MagicMock

import lightning as L
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from triptych.frame.config import TrainingConfig
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images
from triptych.frame.training import callbacks
from triptych.frame.training.callbacks import EpochSheets, read_history
from triptych.frame.training.trainer import build_trainer


class Counting(L.LightningModule):
    """Its loss is 1 in the first epoch, 2 in the second, and so on."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def training_step(self, batch: list[Tensor], number: int) -> Tensor:
        loss = 0 * self.weight + self.current_epoch + 1
        self.log("train/loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), 0.1)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ProgressEvent]:
    """What a watcher heard of two epochs of five steps, whose table is in the folder."""
    monkeypatch.setattr(callbacks, "REPORT_EVERY", 4)
    steps: list[ProgressEvent] = []
    settings = TrainingConfig(epochs=2, ema_decay=0, device="cpu", precision="fp32")
    trainer = build_trainer(settings, tmp_path, progress=steps.append, monitor="train/loss")
    trainer.fit(Counting(), DataLoader(TensorDataset(torch.zeros(5))))
    return steps


def test_an_epoch_is_a_row(told: list[ProgressEvent], tmp_path: Path):
    assert read_history(tmp_path) == [{"epoch": 1, "train/loss": 1}, {"epoch": 2, "train/loss": 2}]


def test_every_so_many_steps_are_told_and_the_last(told: list[ProgressEvent]):
    assert [(step.done, step.total) for step in told] == [(4, 10), (8, 10), (10, 10)]
    assert told[-1].metrics["train/loss"] == 1  # of the epoch that is complete


class Plain(EpochSheets):
    def sheet(self, pl_module: L.LightningModule, epoch: int) -> np.ndarray:
        return np.full((2, 3, 3), epoch, np.uint8)


def test_a_sheet_is_written_for_each_epoch_by_the_first_process(tmp_path: Path):
    module = L.LightningModule()
    for epoch, first in ((0, True), (1, False), (2, True)):
        trainer = MagicMock(L.Trainer, is_global_zero=first, current_epoch=epoch)
        Plain(tmp_path).on_validation_epoch_end(trainer, module)
    assert sorted(path.name for path in (tmp_path / "epochs").iterdir()) == ["001.png", "003.png"]
    assert (images.read(tmp_path / "epochs" / "003.png") == 3).all()
