"""The training step of a multitask model: weighted losses of all heads."""

from collections.abc import Mapping

import lightning as L
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.training.optimizer import adamw_one_cycle
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Batch


class MultitaskModule(L.LightningModule):
    """A model with its loss, the weighted sum of the heads' losses, and its optimizer: AdamW with
    a one-cycle schedule."""

    def __init__(
        self, model: MultitaskModel, config: TrainingConfig, loss_weights: Mapping[str, float]
    ):
        """
        Parameters:
            model: is trained.
            config: of optimizer and schedule.
            loss_weights: of each head, by its name in the model.
        """
        super().__init__()
        self.model = model.to_device(torch.device("cpu"))
        self.config, self.loss_weights = config, dict(loss_weights)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The total loss of a batch."""
        return self._step(batch, "train")[0]

    def validation_step(self, batch: Batch, batch_idx: int) -> dict[str, Tensor]:
        """The outputs of the heads by name, for callbacks."""
        return self._step(batch, "val")[1]

    def _step(self, batch: Batch, stage: str) -> tuple[Tensor, dict[str, Tensor]]:
        outputs = self.model(batch.images)
        losses = {
            name: head.loss(outputs[name].float(), head.target(batch))
            for name, head in self.model.heads.items()
        }
        weighted = [self.loss_weights[name] * loss for name, loss in losses.items()]
        total = torch.stack(weighted).sum()
        logged = {f"{stage}/loss": total}
        if stage == "val":
            logged |= {f"{name}/loss": loss for name, loss in losses.items()}
        self.log_dict(logged, on_step=False, on_epoch=True, batch_size=len(batch), sync_dist=True)
        return total, outputs

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW and its schedule."""
        return adamw_one_cycle(self, self.config)
