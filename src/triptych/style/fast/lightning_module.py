"""The training step of a fast style network, and sheets of what it paints."""

from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.errors import ConfigError
from ...frame.storage import images
from ...frame.storage.files import make_folder
from ...frame.training.optimizer import adamw_one_cycle
from ..imaging.conversions import to_uint8
from ..networks._extractor import Images
from .config import MONITOR
from .perceptual_loss import LossDict, PerceptualLoss
from .transformer_net import TransformerNet

EPOCHS = "epochs"
LOSS_NAMES = ("content", "style", "variation")  # told beside the loss, and best where lowest


class FastStyleModule(L.LightningModule):
    """A fast style network, trained with a perceptual loss by AdamW with a one-cycle schedule.

    Parameters:
        network: to be trained.
        loss_fn: gives the losses of a batch.
        settings: of the training.
    """

    def __init__(self, network: TransformerNet, loss_fn: PerceptualLoss, settings: TrainingConfig):
        super().__init__()
        self.painter, self.settings = network.to_device(torch.device("cpu")), settings
        self.loss_fn = [loss_fn]  # in a list, for its network is no part of what is learnt or kept

    def training_step(self, batch: Images, batch_idx: int) -> Tensor:
        painted = self.painter(batch.contiguous(memory_format=torch.channels_last))
        losses = self._losses(painted, batch)
        self._log("train", losses, len(batch))
        return losses["total"]

    def validation_step(self, batch: Images, batch_idx: int) -> Images:
        painted = self.painter(batch).float()
        losses = self._losses(painted, batch)
        self._log("val", losses, len(batch))
        self.log(MONITOR, 1 / (1 + losses["total"]), batch_size=len(batch), sync_dist=True)
        return painted

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return adamw_one_cycle(self, self.settings)

    def _losses(self, painted: Images, photos: Images) -> LossDict:
        if not painted.detach().sum().isfinite():
            raise ConfigError(
                f"Training diverged in epoch {self.current_epoch + 1}: what is painted are no "
                f"numbers. Train anew with a smaller --lr than {self.settings.lr:g}."
            )
        # the judging network chooses its own precision
        with torch.autocast(painted.device.type, enabled=False):
            return self.loss_fn[0].forward(painted.float().contiguous(), photos)

    def _log(self, part: str, losses: LossDict, size: int) -> None:
        named = {f"{part}/loss": losses["total"]}
        named |= {f"{name}/{part}": losses[name] for name in LOSS_NAMES}
        self.log_dict(named, on_step=False, on_epoch=True, batch_size=size, sync_dist=True)


class ValidationSheets(Callback):
    """Writes epochs/001.png …: the photographs held out, as they are painted after each epoch."""

    def __init__(self, folder: Path):
        self.folder = folder / EPOCHS
        self.painted: list[Images] = []

    def on_validation_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        self.painted.append(outputs.detach().cpu())

    def on_validation_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        painted, self.painted = self.painted, []
        if not trainer.is_global_zero:
            return
        make_folder(self.folder, parents=False)
        sheets = [to_uint8(one) for batch in painted for one in batch.split(1)]
        epoch = trainer.current_epoch + 1
        drawn = contact_sheet(sheets, columns=len(sheets), title=f"epoch {epoch}")
        images.save(self.folder / f"{epoch:03}.png", drawn)
