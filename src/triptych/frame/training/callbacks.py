"""How a training is followed: a row of figures an epoch in metrics.csv, and a word to a watcher now
and then."""

import csv
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import lightning as L
from jaxtyping import UInt8
from lightning.pytorch.callbacks import Callback
from numpy import ndarray

from ..progress import ProgressCallback, ProgressEvent
from ..storage import images
from ..storage.files import make_folder, write_text

HISTORY = "metrics.csv"
REPORT_EVERY = 10  # steps between two words to the watcher: Lightning sums its figures up for each


def read_history(folder: Path) -> list[dict[str, float]]:
    """The rows of metrics.csv."""
    with (folder / HISTORY).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: float(value) for name, value in row.items() if value} for row in rows]


class CSVHistory(Callback):
    """Writes metrics.csv, a row an epoch, anew each time; a resumed run goes on below."""

    def __init__(self, folder: Path):
        self.path = folder / HISTORY
        self.rows: list[dict[str, float]] = []

    @property
    def state_key(self) -> str:
        """The name of its rows in a checkpoint, as version 0.1.0 wrote it."""
        return "History"

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        figures = {name: value.item() for name, value in trainer.callback_metrics.items()}
        self.rows.append({"epoch": trainer.current_epoch + 1, **figures})
        if trainer.is_global_zero:
            names = list(dict.fromkeys(name for row in self.rows for name in row))
            lines = [",".join(f"{row.get(name, '')}" for name in names) for row in self.rows]
            write_text(self.path, "\n".join([",".join(names), *lines]) + "\n")

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows = state_dict["rows"]


class ProgressReporter(Callback):
    """Tells a watcher now and then how many steps are done, and the latest figures."""

    def __init__(self, progress: ProgressCallback, epochs: int):
        self.progress, self.epochs = progress, epochs

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        total = int(trainer.num_training_batches) * self.epochs
        due = trainer.global_step % REPORT_EVERY == 0 or trainer.global_step == total
        if trainer.is_global_zero and due:
            figures = {name: value.item() for name, value in trainer.callback_metrics.items()}
            self.progress(ProgressEvent("train", trainer.global_step, total, figures))


class EpochSheets(Callback, ABC):
    """Writes epochs/001.png …, a picture after each validation epoch."""

    def __init__(self, run: Path):
        """
        Parameters:
            run: the run folder.
        """
        self.folder = run / "epochs"

    @abstractmethod
    def sheet(
        self, pl_module: L.LightningModule, epoch: int
    ) -> UInt8[ndarray, "height width channels"]:
        """The picture of an epoch; asked for in the first process only.

        Parameters:
            pl_module: as it is after the epoch.
            epoch: its number, from 1.
        """

    def on_validation_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Save the picture."""
        if trainer.is_global_zero:
            epoch = trainer.current_epoch + 1
            target = make_folder(self.folder) / f"{epoch:03}.png"
            images.save(target, self.sheet(pl_module, epoch))
