"""The share of waiting is high where data are slow, and low where they are not."""

from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import lightning as L
import torch
from torch import Tensor, nn

from triptych.frame.config import TrainingConfig
from triptych.frame.progress import no_progress
from triptych.frame.training.callbacks import read_history
from triptych.frame.training.trainer import build_trainer, fit


class Steps(L.LightningModule):
    def __init__(self, seconds: float):
        super().__init__()
        self.net, self.seconds = nn.Linear(1, 1), seconds

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        sleep(self.seconds)
        return self.net(batch).sum()

    def validation_step(self, batch: Tensor, batch_idx: int) -> None:
        sleep(0.1)  # never counts
        self.log("score", 1.0)

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), 0.1)


class Loader:
    def __init__(self, seconds: float):
        self.seconds = seconds

    def __len__(self) -> int:
        return 8

    def __iter__(self) -> Iterator[Tensor]:
        for _ in range(8):
            sleep(self.seconds)
            yield torch.ones(2, 1)


class Data(L.LightningDataModule):
    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds

    def train_dataloader(self) -> Any:
        return Loader(self.seconds)

    def val_dataloader(self) -> Any:
        return Loader(0)


def shares(folder: Path, fetching: float, training: float) -> list[float]:
    folder.mkdir()
    config = TrainingConfig(epochs=2, device="cpu", precision="fp32")
    trainer = build_trainer(config, folder, progress=no_progress, monitor="score", waiting=True)
    fit(trainer, Steps(training), Data(fetching), folder)
    return [row["waiting"] for row in read_history(folder)]


def test_the_loop_tells_how_much_it_waits(tmp_path: Path):
    slow = shares(tmp_path / "slow", fetching=0.1, training=0.01)
    fast = shares(tmp_path / "fast", fetching=0.0, training=0.1)
    assert len(slow) == len(fast) == 2
    assert min(slow) > 0.5 and max(fast) < 0.2
    assert max(slow) <= 1 and min(fast) >= 0
