"""The training step of a multitask model: weighted losses of all heads."""

from collections.abc import Mapping

import lightning as L
import torch
from jaxtyping import Float
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.fine_tuning import check_stages
from ...frame.training.distributed import sum_over_processes, world_size
from ...frame.training.freezing import freeze_first_, frozen_stages
from ...frame.training.optimizer import adamw_one_cycle
from ..balancing.methods import StepLosses, build_head_balance
from ..data.step_batch import StepBatch
from ..heads._classification import ClassificationHead
from ..heads._head import Head
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Batch, Target


def head_loss(
    head: Head, output: Tensor, target: Target, class_weights: Tensor | None = None
) -> Float[Tensor, ""]:
    """A head's loss over the images that have its target; 0 where none of them has.

    Parameters:
        head: defines the loss.
        output: of all images of a batch, as float32.
        target: what it should be.
        class_weights: of a head that chooses a class, by class number; None for equal ones.
    """
    known, values = target.select(output, target.values)
    if not len(values):
        return (
            output.sum() * 0
        )  # every parameter has a gradient, as processes that train together need
    if class_weights is None:
        return head.loss(known, values)
    assert isinstance(head, ClassificationHead)
    return head.weighted_loss(known, values, class_weights.to(known.device))


class MultitaskModule(L.LightningModule):
    """A model with its loss, the weighted sum of the heads' losses, and its optimizer: AdamW with
    a one-cycle schedule."""

    def __init__(
        self,
        model: MultitaskModel,
        config: TrainingConfig,
        loss_weights: Mapping[str, float],
        class_weights: Mapping[str, Float[Tensor, " classes"]] | None = None,
        head_balance: str = "fixed",
    ):
        """
        Parameters:
            model: is trained.
            config: of optimizer and schedule.
            loss_weights: of each head, by its name in the model.
            class_weights: of the classes in the training loss of heads that choose one, by the
                head's name; those of other heads are equal.
            head_balance: in `HEAD_BALANCES`: how the heads' losses are weighed in training.

        Raises UnknownNameError.
        """
        super().__init__()
        self.model = model.to_device(torch.device("cpu"))
        self.config, self.loss_weights = config, dict(loss_weights)
        self.class_weights = dict(class_weights or {})  # no buffers: a model predicts without them
        self.head_balance = build_head_balance(head_balance, self.loss_weights)
        self.keeps_losses, self.head_losses = False, dict[str, Tensor]()  # of the latest step
        self.step_loss = torch.zeros(())
        self.stages = list(model.backbone.layer_groups())  # a plain list registers no module twice
        check_stages(config, len(self.stages), model.backbone_name)
        self.frozen = config.freeze_stages
        if self.frozen:
            freeze_first_(self.stages, self.frozen)
        self.on_validation_epoch_start()

    def on_train_epoch_start(self) -> None:
        """Freeze the stages of the backbone that do not learn in this epoch."""
        if self.config.freeze_epochs or self.config.freeze_stages:
            self.frozen = frozen_stages(self.config, len(self.stages), self.current_epoch)
            freeze_first_(self.stages, self.frozen)

    def train(self, mode: bool = True) -> "MultitaskModule":
        """Switch to training mode, but for frozen stages, which stay as they predict.

        Parameters:
            mode: False for evaluation.
        """
        super().train(mode)
        for stage in self.stages[: self.frozen]:
            stage.eval()
        return self

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The total loss of a batch.

        Where several processes share it, or a step takes several batches, it is such that the mean
        over them is the loss of all their images together: the mean over those that have a target.
        What is logged is the sum by the weights that were given, as in validation.
        """
        losses = self.losses(self.model(batch.images), batch, weighted=True)
        shares, batch_shares = self._shares_of_step(batch)
        parts = {name: loss * shares[name] for name, loss in losses.items()}
        if self.keeps_losses:
            self.head_losses = parts
        # every process counts the same in the logged mean, as its part is already weighted
        images = 1 if world_size() > 1 else len(batch)
        self.step_loss = self.total(parts).detach()
        means = {"train/loss": (self.step_loss, images)}
        if self.head_balance.learns:
            weights = self.head_balance.weights()
            means |= {f"weight/{name}": (weight, images) for name, weight in weights.items()}
        self._log_means(means)
        step = StepLosses(losses, shares, batch_shares, self.model.backbone, self.frozen)
        return self.head_balance.total(step)

    def validation_step(self, batch: Batch, batch_idx: int) -> dict[str, Tensor]:
        """The outputs of the heads by name, for callbacks."""
        outputs = self.model(batch.images)
        targets = self.model.targets(batch)
        losses = self.losses(outputs, batch)
        counts = {name: target.count() for name, target in targets.items()}
        means = {"val/loss": (self.total(losses), len(batch))}
        means |= {f"{name}/loss": (loss, counts[name]) for name, loss in losses.items()}
        self._add_validation(losses, counts)
        self.partly |= any(count < len(batch) for count in counts.values())
        self._log_means(means)
        return outputs

    def losses(
        self, outputs: Mapping[str, Tensor], batch: Batch, *, weighted: bool = False
    ) -> dict[str, Tensor]:
        """The loss of each head.

        Parameters:
            outputs: of the heads, by name.
            batch: the images they are about, with their targets.
            weighted: whether classes have their weights, as in training.
        """
        targets = self.model.targets(batch)
        weights = self.class_weights if weighted else {}
        return {
            name: head_loss(head, outputs[name].float(), targets[name], weights.get(name))
            for name, head in self.model.heads.items()
        }

    def total(self, losses: Mapping[str, Tensor]) -> Float[Tensor, ""]:
        """The sum of the heads' losses by the weights they were given, which does not change with
        those that are learned.

        Parameters:
            losses: by head, as `losses` gives them.
        """
        weighted = [self.loss_weights[name] * loss for name, loss in losses.items()]
        return torch.stack(weighted).sum()

    def _shares_of_step(self, batch: Batch) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """By head: how much more than in the mean process and batch of a step its target is known
        here, 0 where it is known nowhere; and the same of this batch alone."""
        names = [head.target_name for head in self.model.heads.values()]
        own = torch.tensor([batch.targets[name].count() for name in names], device=self.device)
        processes = world_size()
        shares = batch_shares = own * processes / sum_over_processes(own).clamp(min=1)
        if isinstance(batch, StepBatch):
            known = torch.tensor([batch.known[name] for name in names], device=self.device)
            whole = sum_over_processes(known).clamp(min=1)
            shares = own * (processes * batch.batches) / whole
        return dict(zip(self.model.heads, shares)), dict(zip(self.model.heads, batch_shares))

    def on_validation_epoch_start(self) -> None:
        """Forget the losses of another epoch."""
        heads = len(self.loss_weights)
        self.sums = torch.zeros(2, heads, dtype=torch.float64, device=self.device)
        self.partly = False

    def _add_validation(self, losses: Mapping[str, Tensor], counts: Mapping[str, int]) -> None:
        known = self.sums.new_tensor([counts[name] for name in losses])
        self.sums[0] += torch.stack([*losses.values()]).detach().double() * known
        self.sums[1] += known

    def on_validation_epoch_end(self) -> None:
        """Log the total loss where it is no mean over batches: each head's mean over all images
        that have its target, of all processes, weighted as ever."""
        if world_size() == 1 and not self.partly:
            return
        total, known = sum_over_processes(self.sums)
        means = dict(zip(self.model.heads, total / known.clamp(min=1)))
        self.log("val/loss", self.total(means).float())

    def _log_means(self, means: Mapping[str, tuple[Tensor, int]]) -> None:
        """Log the means over an epoch of values, each of them a mean over so many images."""
        processes = world_size()  # Lightning divides whole numbers of images by it, and rounds down
        for name, (value, images) in means.items():  # in the same order in every process
            weight = images * processes
            self.log(name, value, on_step=False, on_epoch=True, batch_size=weight, sync_dist=True)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW and its schedule."""
        own_rates: dict[torch.nn.Module, float] = {self.head_balance: self.head_balance.rate}
        return adamw_one_cycle(self, self.config, self.stages, own_rates)
