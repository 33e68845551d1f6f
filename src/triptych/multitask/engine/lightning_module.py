"""The training step of a multitask model: weighted losses of all heads."""

from collections.abc import Mapping

import lightning as L
import torch
from jaxtyping import Float
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.training.optimizer import adamw_one_cycle
from ..heads._head import Head
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Batch, Target


def head_loss(head: Head, output: Tensor, target: Target) -> Float[Tensor, ""]:
    """A head's loss over the images that have its target; 0 where none of them has.

    Parameters:
        head: defines the loss.
        output: of all images of a batch, as float32.
        target: what it should be.
    """
    known, values = target.select(output, target.values)
    if not len(values):
        return (
            output.sum() * 0
        )  # every parameter has a gradient, as processes that train together need
    return head.loss(known, values)


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

    def losses(self, outputs: Mapping[str, Tensor], batch: Batch) -> dict[str, Tensor]:
        """The loss of each head.

        Parameters:
            outputs: of the heads, by name.
            batch: the images they are about, with their targets.
        """
        targets = self.model.targets(batch)
        return {
            name: head_loss(head, outputs[name].float(), targets[name])
            for name, head in self.model.heads.items()
        }

    def total(self, losses: Mapping[str, Tensor]) -> Float[Tensor, ""]:
        """The weighted sum of the heads' losses.

        Parameters:
            losses: by head, as `losses` gives them.
        """
        weighted = [self.loss_weights[name] * loss for name, loss in losses.items()]
        return torch.stack(weighted).sum()

    def _step(self, batch: Batch, stage: str) -> tuple[Tensor, dict[str, Tensor]]:
        outputs = self.model(batch.images)
        targets = self.model.targets(batch)
        losses = self.losses(outputs, batch)
        total = self.total(losses)
        means = {f"{stage}/loss": (total, len(batch))}
        if stage == "val":
            means |= {
                f"{name}/loss": (loss, targets[name].count()) for name, loss in losses.items()
            }
        self._log_means(means)
        return total, outputs

    def _log_means(self, means: Mapping[str, tuple[Tensor, int]]) -> None:
        """Log the means over an epoch of values, each of them a mean over so many images."""
        for count in dict.fromkeys(count for _, count in means.values()):
            values = {name: value for name, (value, images) in means.items() if images == count}
            self.log_dict(values, on_step=False, on_epoch=True, batch_size=count, sync_dist=True)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW and its schedule."""
        return adamw_one_cycle(self, self.config)
