"""One fast-style training: fit, and write the results of the run."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback

from ...frame.config import TrainingConfig
from ...frame.drawing import training_plots
from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.progress import ProgressCallback
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json
from ...frame.storage.image_folder import SkippedImage
from ...frame.training.callbacks import read_history
from ...frame.training.distributed import device_of, is_rank_zero
from ...frame.training.loggers import close_loggers
from ...frame.training.trainer import build_trainer, fit
from ..imaging.conversions import Pixels, to_uint8
from .apply import PANEL, save
from .config import FastStyleConfig
from .datamodule import FastStyleDataModule, ValidationLoader
from .lightning_module import LOSS_NAMES, FastStyleModule, ValidationSheets
from .perceptual_loss import PerceptualLoss
from .photos import PhotoCrops
from .transformer_net import TransformerNet

STYLE, SHEET, CURVES = "style.png", "sheet.png", "curves.png"


@dataclass(frozen=True)
class TrainResult:
    """What a training ended with.

    Parameters:
        folder: of the run.
        losses: of photographs held out, after each epoch.
        skipped: photos that could not be used.
        seconds: of the training; of this session, where it was resumed.
    """

    folder: Path
    losses: tuple[dict[str, float], ...]
    skipped: tuple[SkippedImage, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A training ready to begin or to go on.

    Parameters:
        folder: of the run.
        style: RGB uint8.
        photos: all crops.
        skipped: photos that could not be used.
        settings: of the training.
        fast: of fast style.
    """

    folder: Path
    style: Pixels
    photos: PhotoCrops
    skipped: tuple[SkippedImage, ...]
    settings: TrainingConfig
    fast: FastStyleConfig

    def facts(self) -> dict[str, Any]:
        """What run.json says of it, but where the photos are."""
        train_names, validation_names = self._split_names()
        return {
            "panel": PANEL,
            "settings": asdict(self.settings),
            "fast": asdict(self.fast),
            "data": {"photos": self.photos.fingerprint(), "style": _style_hash(self.style)},
            "learnt": len(train_names),
            "held": validation_names,
            "refused": [photo.to_dict() for photo in self.skipped],
        }

    def run(
        self, loss_fn: PerceptualLoss, callbacks: Iterable[Callback], progress: ProgressCallback
    ) -> TrainResult:
        """Train, keep the best epoch, and write the run's results.

        Parameters:
            loss_fn: gives the losses of a batch.
            callbacks: of Lightning.
            progress: told how far the training is.
        """
        device = device_of(self.settings)
        photos, splits = self.photos.to(device), self._split_names()
        torch.manual_seed(self.settings.seed)
        module = FastStyleModule(
            TransformerNet(self.fast.width, self.fast.blocks), loss_fn, self.settings
        )
        data = FastStyleDataModule(photos, *splits, self.settings, self.fast)
        trainer = build_trainer(
            self.settings,
            self.folder,
            progress=progress,
            monitor=self.settings.monitor,
            callbacks=[ValidationSheets(self.folder), *callbacks],
        )
        seconds = round(fit(trainer, module, data, self.folder), 1)
        close_loggers(trainer)
        history = read_history(self.folder)
        if is_rank_zero():
            self._write_results(module.painter.eval(), data.validation_loader, history, seconds)
        return TrainResult(self.folder, tuple(history), self.skipped, seconds)

    def _write_results(
        self,
        network: TransformerNet,
        validation_loader: ValidationLoader,
        history: Sequence[dict[str, float]],
        seconds: float,
    ) -> None:
        best = max(history, key=lambda row: row.get(self.settings.monitor, 0.0))
        run_folder.reopen(self.folder)
        write_json(self.folder / run_folder.RESULTS, {"best": best, "seconds": seconds})
        training_plots.plot_history(history, self.folder / CURVES, costs=LOSS_NAMES)
        images.save(self.folder / SHEET, self._sheet(network, validation_loader))
        save(self.folder, network, self.fast.size)

    def _sheet(self, network: TransformerNet, validation_loader: ValidationLoader) -> Pixels:
        """The photographs held out, above what is painted from them."""
        device = next(network.parameters()).device
        before, after = [], []
        with torch.inference_mode():
            for batch in validation_loader:
                before += map(to_uint8, batch.split(1))
                after += map(to_uint8, network(batch.to(device)).split(1))
        title = f"Photographs held out, and painted by {self.folder.resolve().name}"
        return contact_sheet([*before, *after], columns=len(before), title=title)

    def _split_names(self) -> tuple[list[str], list[str]]:
        """The names of photos to train on, and of those held out."""
        return self.photos.split(self.fast.num_validation, self.settings.seed)


def _style_hash(style: Pixels) -> str:
    return sha256(repr(style.shape).encode() + style.tobytes()).hexdigest()
