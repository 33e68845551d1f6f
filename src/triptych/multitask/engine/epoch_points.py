"""Figures within an epoch, for the curves of short trainings, which would have one point else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback, WeightAveraging

from ...frame.training.callbacks import read_history, read_rows, write_rows
from ...frame.training.distributed import sum_over_processes, world_size
from ..data.dataset import Dataset
from ..structures.batch import Batch
from .lightning_module import MultitaskModule
from .metric_suite import MetricSuite

POINTS = "points.csv"
LONG = 5  # epochs: as many make a curve of their own
MEASUREMENTS = 8  # of the validation part in a whole training
LOSSES_EACH = 4  # points of the training loss from one of these to the next
COST = 0.03  # of the training time: what the measurements may take
FORWARD = 1 / 3  # of the time of a training step: passing images forward only
LEAST_IMAGES = 32


def curve_rows(run: Path) -> list[dict[str, float]]:
    """The rows of a run's curves, in order: one an epoch, and those within where there are any.

    Where both have a value at an epoch's end, that within counts: a training loss of the last steps
    instead of the mean of all.

    Parameters:
        run: the run folder.
    """
    rows = {row.get("epoch", number): row for number, row in enumerate(read_history(run), 1)}
    if (run / POINTS).exists():
        for row in read_rows(run / POINTS):
            rows[row["epoch"]] = {**rows.get(row["epoch"], {}), **row}
    return [rows[epoch] for epoch in sorted(rows)]


def measurements_each(epochs: int) -> int:
    """How often the validation part is measured in an epoch, its end included.

    Parameters:
        epochs: of the whole training.

    >>> measurements_each(1), measurements_each(4), measurements_each(5)
    (8, 2, 0)
    """
    return max(MEASUREMENTS // epochs, 2) if epochs < LONG else 0


class EpochPoints(Callback):
    """Measures a few validation images within each epoch of a short training, and the training
    loss more often; written to points.csv, with epochs in fractions.

    Neither the weights nor metrics.csv depend on it. How many images are measured follows from the
    size of the training part, such that it takes about 3 % of the time.
    """

    def __init__(self, suite: MetricSuite, dataset: Dataset, run: Path, epochs: int):
        """
        Parameters:
            suite: the metrics of the model, for this callback alone.
            dataset: its validation images are measured.
            run: the run folder.
            epochs: of the whole training; in 5 or more nothing is measured.
        """
        self.suite, self.dataset, self.run = suite, dataset, run
        self.each = measurements_each(epochs)
        self.rows: list[dict[str, float]] = []
        self.losses: list[torch.Tensor] = []
        self.batch: Batch | None = None

    def on_train_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Forget the losses of another epoch."""
        self.losses = []

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Add the loss of a step, and a row where it is time to."""
        if not self.each:
            return
        assert isinstance(pl_module, MultitaskModule)
        self.losses.append(pl_module.step_loss)
        steps, done = int(trainer.num_training_batches), batch_idx + 1
        if done not in _times(steps, self.each * LOSSES_EACH):
            return
        loss = sum_over_processes(torch.stack(self.losses).mean()).item() / world_size()
        row = {"epoch": trainer.current_epoch + done / steps, "train/loss": loss}
        if done in _times(steps, self.each) and done < steps:  # the end is measured as a whole
            row |= self._measure(trainer, pl_module, steps)
        self.rows.append(row)
        self.losses = []

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Write the rows so far."""
        if self.rows and trainer.is_global_zero:
            write_rows(self.run / POINTS, self.rows)

    def state_dict(self) -> dict[str, Any]:
        """The rows so far, for the checkpoint."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on below the rows of a checkpoint."""
        self.rows = state_dict["rows"]

    def _measure(
        self, trainer: L.Trainer, pl_module: MultitaskModule, steps: int
    ) -> Mapping[str, float]:
        """Losses and metrics of the validation images, of the weights that would be kept."""
        if self.batch is None:
            self.batch = self._images(steps, pl_module)
        suite, batch = self.suite.to(pl_module.device), self.batch
        suite.reset()
        with _averaged(trainer, pl_module), torch.no_grad():
            with trainer.precision_plugin.val_step_context():
                outputs = pl_module.model(batch.images)
            losses = pl_module.losses(outputs, batch)
            suite.update(outputs, pl_module.model.targets(batch))
        named = {f"{name}/loss": loss.item() for name, loss in losses.items()}
        return {
            "val/loss": pl_module.total(losses).item(),
            **named,
            **suite.compute(in_training=True),
        }

    def _images(self, steps: int, pl_module: MultitaskModule) -> Batch:
        trained = steps * pl_module.config.batch
        count = int(COST / FORWARD * trained / self.each)
        size = self.dataset.size("validation")
        count = min(max(count, LEAST_IMAGES), size)
        indices = torch.linspace(0, size - 1, count).long()  # from all over the part
        return self.dataset.batch("validation", indices).to(pl_module.device)


@contextmanager
def _averaged(trainer: L.Trainer, pl_module: MultitaskModule) -> Iterator[None]:
    """The module in evaluation mode with its averaged weights, as validation sees it."""
    averages = [known for known in trainer.callbacks if isinstance(known, WeightAveraging)]  # pyright: ignore
    for average in averages:
        average.on_validation_epoch_start(trainer, pl_module)
    pl_module.eval()
    try:
        yield
    finally:
        pl_module.train()
        for average in averages:
            average.on_validation_epoch_end(trainer, pl_module)


def _times(steps: int, count: int) -> set[int]:
    """After which of an epoch's steps there is a point: `count` of them, the last at the end.

    >>> sorted(_times(100, 4)), sorted(_times(2, 4))
    ([25, 50, 75, 100], [1, 2])
    """
    return {max(round(steps * number / count), 1) for number in range(1, count + 1)}
