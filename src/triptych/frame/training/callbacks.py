"""What follows a training: metrics.csv, progress events, and a picture after each epoch."""

import csv
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

import lightning as L
from jaxtyping import UInt8
from lightning.pytorch.callbacks import Callback, EarlyStopping
from numpy import ndarray

from ..progress import ProgressCallback, ProgressEvent
from ..storage import images
from ..storage.files import make_folder, write_text

HISTORY = "metrics.csv"
REPORT_EVERY = 10  # steps between two events: Lightning adds its metrics up for each


def read_history(folder: Path) -> list[dict[str, float]]:
    """The rows of a run's metrics.csv, one an epoch; empty cells are left out."""
    return read_rows(folder / HISTORY)


def read_rows(path: Path) -> list[dict[str, float]]:
    """The rows of a file that `write_rows` wrote; empty cells are left out."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: float(value) for name, value in row.items() if value} for row in rows]


def write_rows(path: Path, rows: Sequence[Mapping[str, float]]) -> None:
    """Write figures as CSV, whole or not at all.

    Parameters:
        path: of the file.
        rows: values by name; a row may lack some of the names.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(f"{row.get(name, '')}" for name in names) for row in rows]
    write_text(path, "\n".join([",".join(names), *lines]) + "\n")


class CSVHistory(Callback):
    """Writes metrics.csv: a row an epoch, whole or not at all; a resumed run goes on below.

    Lightning's CSVLogger writes a row for each logging step, several an epoch, and starts a new
    file in a resumed run.
    """

    def __init__(self, folder: Path):
        """
        Parameters:
            folder: of the run.
        """
        self.path = folder / HISTORY
        self.rows: list[dict[str, float]] = []

    @property
    def state_key(self) -> str:
        """The name of its rows in a checkpoint, as version 0.1.0 wrote it."""
        return "History"

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Add the row of an epoch."""
        metrics = {name: value.item() for name, value in trainer.callback_metrics.items()}
        self.rows.append({"epoch": trainer.current_epoch + 1, **metrics})
        if trainer.is_global_zero:
            write_rows(self.path, self.rows)

    def state_dict(self) -> dict[str, Any]:
        """The rows so far, for the checkpoint."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on below the rows of a checkpoint."""
        self.rows = state_dict["rows"]


class ProgressReporter(Callback):
    """Reports every few steps how many are done, and the latest metrics."""

    def __init__(self, progress: ProgressCallback, epochs: int):
        """
        Parameters:
            progress: told of steps and metrics.
            epochs: of the whole training, of which the steps are counted.
        """
        self.progress, self.epochs = progress, epochs
        self.told = 0  # steps at the latest report: a step may take several batches

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Report, if it is time to."""
        steps = ceil(trainer.num_training_batches / trainer.accumulate_grad_batches)
        total, done = steps * self.epochs, trainer.global_step
        due = done != self.told and (done % REPORT_EVERY == 0 or done == total)
        if trainer.is_global_zero and due:
            self.told = done
            metrics = {name: value.item() for name, value in trainer.callback_metrics.items()}
            place = {"epoch": trainer.current_epoch + 1, "epochs": self.epochs}
            self.progress(ProgressEvent("train", trainer.global_step, total, metrics, **place))


class Patience(EarlyStopping):
    """Stops after so many epochs without a better one; a run that has stopped so is not gone on
    with, unless it is given more epochs."""

    def __init__(self, monitor: str, patience: int, mode: str, epochs: int):
        """
        Parameters:
            monitor: name of the logged metric.
            patience: epochs without a better value.
            mode: "max" or "min", whichever is better.
            epochs: of the whole training.
        """
        super().__init__(monitor, patience=patience, mode=mode)
        self.epochs = epochs

    @property
    def state_key(self) -> str:
        """The name of its counts in a checkpoint, that of Lightning's own callback."""
        return super().state_key.replace(type(self).__qualname__, EarlyStopping.__qualname__, 1)

    def state_dict(self) -> dict[str, Any]:
        """The counts, for the checkpoint."""
        return {**super().state_dict(), "epochs": self.epochs}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on counting, or from 0 where the training has become longer."""
        super().load_state_dict(state_dict)
        if state_dict.get("epochs", self.epochs) < self.epochs:
            self.wait_count, self.stopped_epoch = 0, 0

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Stay where the training has stopped."""
        if self.wait_count >= self.patience:
            trainer.should_stop = True


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
            target = make_folder(self.folder, parents=False) / f"{epoch:03}.png"
            images.save(target, self.sheet(pl_module, epoch))
