"""Train a network that paints in one style at once."""

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
from ...frame.errors import RunError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.images import ImageLike, as_image
from ...frame.training.callbacks import read_history
from ...frame.training.distributed import device_of, is_rank_zero
from ...frame.training.trainer import build_trainer, fit
from ..imaging.conversions import Pixels, to_uint8
from .apply import PANEL, save
from .config import FastStyleConfig, resolve_configs
from .datamodule import FastStyleDataModule, ValidationLoader
from .lightning_module import LOSS_NAMES, FastStyleModule, ValidationSheets
from .perceptual_loss import PerceptualLoss, build_loss
from .photos import PhotoCrops, PhotoFile, list_photos, load_photos
from .transformer_net import TransformerNet

MAKER = "triptych style train"
STYLE, SHEET, CURVES = "style.png", "sheet.png", "curves.png"
OVERSAMPLING = 2  # photos are kept at twice the size trained on, as crops may be smaller


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


def train(
    style: ImageLike,
    photos: str | Path | Sequence[str | Path],
    *,
    out: str | Path | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressCallback = no_progress,
    **settings: Any,
) -> TrainResult:
    """Train a network to paint like an image, from photographs in folders or zips.

    A few photographs are held out; each epoch paints them (epochs/001.png …).

    Parameters:
        style: a path, a file's bytes, a PIL image, or an array or tensor of RGB.
        photos: folders or zips of photographs.
        out: the run folder, which must be new or empty; by default runs/ and the style's name.
        callbacks: of Lightning.
        progress: told how far the training is.
        settings: of `TrainingConfig` and of `FastStyleConfig`, by name.

    Raises UnknownNameError, ConfigError, ImageError, DataError, AssetNotFoundError or WriteError.
    """
    config, fast = resolve_configs(settings)
    places = [photos] if isinstance(photos, (str, Path)) else list(photos)
    image, files = as_image(style, name="the style"), list_photos(places)
    loss_fn = build_loss(
        image, config, fast, progress
    )  # a wrong style fails before photos are read
    source = Path(style) if isinstance(style, (str, Path)) else None
    folder = Path(out or Path("runs") / (source.stem if source else "style"))
    if is_rank_zero():
        run_folder.create(folder)
    crops, skipped = _load_crops(files, config, fast, progress)
    training = TrainingRun(folder, image, crops, skipped, config, fast)
    if is_rank_zero():
        images.save(folder / STYLE, image)
        paths = {
            "style": str((source or folder / STYLE).resolve()),
            "photos": [str(Path(device).resolve()) for device in places],
        }
        run_folder.write_record(folder, {**paths, **training.facts()})
    return training.run(loss_fn, callbacks, progress)


def resume(
    run: str | Path, *, callbacks: Iterable[Callback] = (), progress: ProgressCallback = no_progress
) -> TrainResult:
    """Go on with a run that was stopped, from its last complete epoch, as it was begun.

    On a CPU it ends with the same weights, bit for bit, as if it had never been stopped.

    Parameters:
        run: its folder.
        callbacks: of Lightning, those the run was begun with.
        progress: told how far the training is.

    Raises RunError for no run, a damaged one, or one whose photos or style are no longer the same.
    """
    folder = Path(run)
    with run_folder.reading_record(folder, MAKER) as facts:
        if facts.get("panel") != PANEL or "fast" not in facts:
            raise RunError(f"{folder} is no run of `{MAKER}`. Name another.")
        config = TrainingConfig.merge(facts["settings"])
        fast = FastStyleConfig.merge(facts["fast"])
        places, expected = [str(device) for device in facts["photos"]], facts["data"]
    image = images.read(folder / STYLE)
    crops, skipped = _load_crops(list_photos(places), config, fast, progress)
    training = TrainingRun(folder, image, crops, skipped, config, fast)
    run_folder.check_same_data(folder, f"photos or {STYLE}", expected, training.facts()["data"])
    return training.run(build_loss(image, config, fast, progress), callbacks, progress)


def _load_crops(
    files: Sequence[PhotoFile],
    settings: TrainingConfig,
    fast: FastStyleConfig,
    progress: ProgressCallback,
) -> tuple[PhotoCrops, tuple[SkippedImage, ...]]:
    side = OVERSAMPLING * fast.size
    return load_photos(
        files, side, max_photos=fast.max_photos, seed=settings.seed, progress=progress
    )


def _style_hash(style: Pixels) -> str:
    return sha256(repr(style.shape).encode() + style.tobytes()).hexdigest()
