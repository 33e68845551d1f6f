"""How much of a training is spent waiting for data."""

from time import perf_counter
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback

WAITING = "waiting"
"""The column of metrics.csv with the share of an epoch's training that waited for batches."""


class WaitingShare(Callback):
    """Logs the share of an epoch's training time in which the loop waited for its next batch.

    It counts from the end of one training step, with all callbacks before this one, to the start of
    the next; validation does not count.
    """

    def __init__(self) -> None:
        self.began = self.latest = self.waited = 0.0

    def on_train_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Start the clock; the first batch is waited for from here on."""
        self.began = self.latest = perf_counter()
        self.waited = 0.0

    def on_train_batch_start(
        self, trainer: L.Trainer, pl_module: L.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Add the time since the step before."""
        self.waited += perf_counter() - self.latest

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """The next batch is waited for from here on."""
        self.latest = perf_counter()

    def on_validation_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Log the share, in time for the epoch's row of metrics.csv."""
        spent = self.latest - self.began
        pl_module.log(WAITING, self.waited / spent if spent else 0.0, sync_dist=True)
