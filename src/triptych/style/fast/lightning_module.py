"""What Lightning is to do with a painting network and photographs: batches, step, schedule."""

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
from .perceptual_loss import Costs, PerceptualLoss
from .transformer_net import TransformerNet

EPOCHS = "epochs"
COSTS = ("content", "style", "variation")  # told beside the loss, and best where lowest


class FastStyleModule(L.LightningModule):
    """A painting network, and how it learns: from the judge's costs, by AdamW, one-cycle."""

    def __init__(self, painter: TransformerNet, judge: PerceptualLoss, settings: TrainingConfig):
        super().__init__()
        self.painter, self.settings = painter.on(torch.device("cpu")), settings
        self.loss_fn = [judge]  # in a list, for its network is no part of what is learnt or kept

    def training_step(self, batch: Images, number: int) -> Tensor:
        painted = self.painter(batch.contiguous(memory_format=torch.channels_last))
        costs = self._costs(painted, batch)
        self._log("train", costs, len(batch))
        return costs["total"]

    def validation_step(self, batch: Images, number: int) -> Images:
        painted = self.painter(batch).float()
        costs = self._costs(painted, batch)
        self._log("val", costs, len(batch))
        self.log(MONITOR, 1 / (1 + costs["total"]), batch_size=len(batch), sync_dist=True)
        return painted

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return adamw_one_cycle(self, self.settings)

    def _costs(self, painted: Images, photos: Images) -> Costs:
        if not painted.detach().sum().isfinite():
            raise ConfigError(
                f"Training diverged in epoch {self.current_epoch + 1}: what is painted are no "
                f"numbers. Train anew with a smaller --lr than {self.settings.lr:g}."
            )
        # the judging network chooses its own precision
        with torch.autocast(painted.device.type, enabled=False):
            return self.loss_fn[0].forward(painted.float().contiguous(), photos)

    def _log(self, part: str, costs: Costs, size: int) -> None:
        named = {f"{part}/loss": costs["total"]}
        named |= {f"{name}/{part}": costs[name] for name in COSTS}
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
        make_folder(self.folder)
        pictures = [to_uint8(one) for batch in painted for one in batch.split(1)]
        epoch = trainer.current_epoch + 1
        drawn = contact_sheet(pictures, columns=len(pictures), title=f"epoch {epoch}")
        images.save(self.folder / f"{epoch:03}.png", drawn)
