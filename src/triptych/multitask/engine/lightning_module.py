"""What Lightning is to do with a model and a dataset: batches, step, schedule, figures."""

from collections.abc import Iterator, Mapping
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.rng import permutation
from ...frame.training.optimizer import adamw_one_cycle
from ..data.dataset import Dataset, Part
from ..model.multitask_model import Model
from ..structures.batch import Batch
from .metric_suite import Scores

Share = tuple[int, int]  # rank of this process, number of processes


class Batches:
    """The batches of one epoch, made when they are asked for; every process makes its share."""

    def __init__(
        self, dataset: Dataset, part: Part, size: int, *, epoch: int = 0, share: Share = (0, 1)
    ):
        self.dataset, self.epoch = dataset, epoch
        self.part: Part = part
        order = torch.arange(dataset.size(part))
        if part == "train":
            order = permutation(len(order), [dataset.seed, 4, epoch])
            step = size * share[1]  # all processes take as many steps, so all batches are full
            order = order[: len(order) // step * step] if len(order) >= step else order
        self.indices = order[share[0] :: share[1]].split(size)

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Batch]:
        for indices in self.indices:
            yield self.dataset.batch(self.part, indices, self.epoch)


class Lectures(L.LightningDataModule):
    """A dataset's batches, fresh for each epoch."""

    def __init__(self, dataset: Dataset, size: int):
        super().__init__()
        self.dataset, self.size = dataset, size

    def train_dataloader(self) -> Batches:
        assert self.trainer is not None
        return self._batches("train", self.trainer.current_epoch)

    def val_dataloader(self) -> Batches:
        return self._batches("validation")

    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        return batch if batch.images.device == device else batch.to(device)

    def _batches(self, part: Part, epoch: int = 0) -> Batches:
        assert self.trainer is not None
        share = self.trainer.global_rank, self.trainer.world_size
        return Batches(self.dataset, part, self.size, epoch=epoch, share=share)


class Lesson(L.LightningModule):
    """A model, and how it learns: weighted losses of all heads, AdamW, one-cycle schedule."""

    def __init__(self, model: Model, settings: TrainingConfig, weights: Mapping[str, float]):
        """`weights` are each head's share in the loss, by what the head is called."""
        super().__init__()
        self.model = model.on(torch.device("cpu"))
        self.settings, self.weights = settings, dict(weights)

    def training_step(self, batch: Batch, number: int) -> Tensor:
        return self._step(batch, "train")[0]

    def validation_step(self, batch: Batch, number: int) -> dict[str, Tensor]:
        return self._step(batch, "val")[1]

    def _step(self, batch: Batch, stage: str) -> tuple[Tensor, dict[str, Tensor]]:
        outputs = self.model(batch.images)
        losses = {
            name: head.loss(outputs[name].float(), head.target(batch))
            for name, head in self.model.heads.items()
        }
        total = torch.stack([self.weights[name] * loss for name, loss in losses.items()]).sum()
        figures = {f"{stage}/loss": total}
        if stage == "val":
            figures |= {f"{name}/loss": loss for name, loss in losses.items()}
        self.log_dict(figures, on_step=False, on_epoch=True, batch_size=len(batch), sync_dist=True)
        return total, outputs

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return adamw_one_cycle(self, self.settings)


class Scoring(Callback):
    """Logs every figure of the validation part, under its own name, and "score", their mean."""

    def __init__(self, scores: Scores):
        self.scores = scores

    def on_validation_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        self.scores.reset()

    def on_validation_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Batch,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        assert isinstance(pl_module, Lesson)
        self.scores.update(outputs, pl_module.model.targets(batch))

    def on_validation_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        figures = self.scores.compute()
        pl_module.log_dict({**figures, "score": self.scores.score(figures)})
