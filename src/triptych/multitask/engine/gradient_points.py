"""How the heads' gradients agree over a training, measured now and then; written to a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from ...frame.training.callbacks import read_rows, write_rows
from ...frame.training.distributed import sum_over_processes, world_size
from ..balancing.diagnostics import compare_gradients, is_due, measured_each
from ..balancing.shared_layers import head_gradients
from .lightning_module import MultitaskModule

GRADIENTS = "gradients.csv"


def gradient_rows(run: Path) -> list[dict[str, float]]:
    """The rows of a run's gradients.csv, in order; none where there is no such file.

    Parameters:
        run: the run folder.
    """
    return read_rows(run / GRADIENTS) if (run / GRADIENTS).exists() else []


class GradientPoints(Callback):
    """Measures the gradients of the heads' losses with respect to all of the backbone that learns,
    in a few batches of a training; written to gradients.csv, with epochs in fractions.

    The weights do not depend on it: the graph of a step that is taken anyway is gone through once
    more for each head. A model with one head has nothing to compare.
    """

    def __init__(self, run: Path, heads: Sequence[str]):
        """
        Parameters:
            run: the run folder.
            heads: of the model, by name.
        """
        self.run, self.heads = run, tuple(heads)
        self.rows: list[dict[str, float]] = []

    def on_train_batch_start(
        self, trainer: L.Trainer, pl_module: L.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Ask the module for the losses of this batch, where it is time to measure."""
        assert isinstance(pl_module, MultitaskModule)
        batches = int(trainer.num_training_batches)
        each = measured_each(len(self.heads), batches * (trainer.max_epochs or 1))
        number = trainer.current_epoch * batches + batch_idx
        pl_module.keeps_losses = len(self.heads) > 1 and is_due(number, each)

    def on_before_backward(
        self, trainer: L.Trainer, pl_module: L.LightningModule, loss: Tensor
    ) -> None:
        """Measure, where it is time to."""
        assert isinstance(pl_module, MultitaskModule)
        losses, pl_module.head_losses = pl_module.head_losses, {}
        backbone = pl_module.model.backbone
        learning = [weights for weights in backbone.parameters() if weights.requires_grad]
        if not losses or not learning:
            return
        gradients = sum_over_processes(head_gradients(losses, learning)) / world_size()
        weights = {name: w.item() for name, w in pl_module.head_balance.weights().items()}
        done = (trainer.fit_loop.batch_idx + 1) / int(trainer.num_training_batches)
        row = {"epoch": trainer.current_epoch + done, **compare_gradients(gradients, weights)}
        if pl_module.head_balance.learns:
            row |= {f"weight/{name}": weight for name, weight in weights.items()}
        self.rows.append(row)

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Write the rows so far."""
        if self.rows and trainer.is_global_zero:
            write_rows(self.run / GRADIENTS, self.rows)

    def state_dict(self) -> dict[str, Any]:
        """The rows so far, for the checkpoint."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on below the rows of a checkpoint."""
        self.rows = state_dict["rows"]
