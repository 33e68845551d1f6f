"""What happens after each validation epoch: metrics are logged, predictions drawn."""

from pathlib import Path
from typing import Any

import lightning as L
from jaxtyping import UInt8
from lightning.pytorch.callbacks import Callback
from numpy import ndarray

from ...frame.training.callbacks import EpochSheets
from ..data.dataset import Dataset
from ..structures.batch import Batch
from .contact_sheets import first_batch, prediction_sheet
from .lightning_module import MultitaskModule
from .metric_suite import MetricSuite


class ValidationMetrics(Callback):
    """Logs every metric of the validation split by its name, and "score", the mean of the heads'
    primary ones."""

    def __init__(self, suite: MetricSuite):
        """
        Parameters:
            suite: the metrics of the model that is trained.
        """
        self.suite = suite
        self.values: dict[str, float] = {}

    def on_validation_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Start anew."""
        self.suite.to(pl_module.device).reset()

    def on_validation_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Batch,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Add a batch; `outputs` are what `validation_step` returned."""
        assert isinstance(pl_module, MultitaskModule)
        self.suite.update(outputs, pl_module.model.targets(batch))

    def on_validation_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Log all values."""
        self.values = values = self.suite.compute(in_training=True)
        pl_module.log_dict({**values, "score": self.suite.mean_primary(values)})


class PredictionSheets(EpochSheets):
    """Draws the predictions for the same validation images after each epoch."""

    def __init__(self, dataset: Dataset, run: Path, measured: ValidationMetrics | None = None):
        """
        Parameters:
            dataset: its first validation images are drawn.
            run: the run folder.
            measured: comes before it among the callbacks; its figures are written above the images.
        """
        super().__init__(run)
        self.measured = measured
        self.batch = first_batch(dataset, "validation")

    def sheet(
        self, pl_module: L.LightningModule, epoch: int
    ) -> UInt8[ndarray, "height width channels"]:
        """The images with their predictions; each keeps its place, so that epochs can be leafed
        through."""
        assert isinstance(pl_module, MultitaskModule)
        batch = self.batch.to(pl_module.device)
        title = f"Epoch {epoch}: answers on validation images"
        values = self.measured.values if self.measured else {}
        return prediction_sheet(pl_module.model, batch, title, metrics=values, reorder=False)
