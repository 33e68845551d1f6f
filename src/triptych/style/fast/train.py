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
from ...frame.errors import AssetNotFoundError, RunError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json
from ...frame.storage.image_folder import SkippedImage
from ...frame.training.callbacks import read_history
from ...frame.training.distributed import device_of, is_rank_zero
from ...frame.training.trainer import build_trainer, fit
from ..imaging.conversions import Pixels, to_tensor, to_uint8
from ..networks._build import load_extractor
from ..objectives.build import POOLING
from .apply import PANEL, save
from .config import FastStyleConfig, chosen_settings
from .datamodule import FastStyleDataModule, ValidationLoader
from .lightning_module import COSTS, FastStyleModule, ValidationSheets
from .perceptual_loss import PerceptualLoss
from .photos import PhotoCrops, PhotoFile, list_photos, load_photos
from .transformer_net import TransformerNet

MAKER = "triptych style train"
FETCHED = "vgg19"  # the network whose weights have an address
STYLE, SHEET, CURVES = "style.png", "sheet.png", "curves.png"
FINER = 2  # photos are kept at twice the size learnt from: cuts may be smaller than the whole


@dataclass(frozen=True)
class TrainResult:
    """What came of a training: the run folder, the costs of photographs held out after each
    epoch, the photos that could not be used, and seconds (of this session, where resumed)."""

    folder: Path
    losses: tuple[dict[str, float], ...]
    refused: tuple[SkippedImage, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A training ready to begin or to go on."""

    folder: Path
    style: Pixels
    photos: PhotoCrops
    refused: tuple[SkippedImage, ...]
    settings: TrainingConfig
    fast: FastStyleConfig

    def facts(self) -> dict[str, Any]:
        """What run.json says of it, but where the photos are."""
        learnt, held = self._parts()
        return {
            "panel": PANEL,
            "settings": asdict(self.settings),
            "fast": asdict(self.fast),
            "data": {"photos": self.photos.fingerprint(), "style": _digest(self.style)},
            "learnt": len(learnt),
            "held": held,
            "refused": [one.to_dict() for one in self.refused],
        }

    def run(
        self, judge: PerceptualLoss, callbacks: Iterable[Callback], progress: ProgressCallback
    ) -> TrainResult:
        """Train, give back the best epoch, and write the run's results."""
        device = device_of(self.settings)
        photos, parts = self.photos.to(device), self._parts()
        torch.manual_seed(self.settings.seed)
        lesson = FastStyleModule(
            TransformerNet(self.fast.width, self.fast.blocks), judge, self.settings
        )
        lectures = FastStyleDataModule(photos, *parts, self.settings, self.fast)
        trainer = build_trainer(
            self.settings,
            self.folder,
            progress=progress,
            monitor=self.settings.monitor,
            callbacks=[ValidationSheets(self.folder), *callbacks],
        )
        seconds = round(fit(trainer, lesson, lectures, self.folder), 1)
        history = read_history(self.folder)
        if is_rank_zero():
            self._write_results(lesson.painter.eval(), lectures.views, history, seconds)
        return TrainResult(self.folder, tuple(history), self.refused, seconds)

    def _write_results(
        self,
        painter: TransformerNet,
        views: ValidationLoader,
        history: Sequence[dict[str, float]],
        seconds: float,
    ) -> None:
        best = max(history, key=lambda row: row.get(self.settings.monitor, 0.0))
        write_json(self.folder / run_folder.RESULTS, {"best": best, "seconds": seconds})
        training_plots.plot_history(history, self.folder / CURVES, costs=COSTS)
        images.save(self.folder / SHEET, self._sheet(painter, views))
        save(self.folder, painter, self.fast.size)

    def _sheet(self, painter: TransformerNet, views: ValidationLoader) -> Pixels:
        """The photographs held out, above what is painted from them."""
        place = next(painter.parameters()).device
        before, after = [], []
        with torch.inference_mode():
            for batch in views:
                before += map(to_uint8, batch.split(1))
                after += map(to_uint8, painter(batch.to(place)).split(1))
        title = f"Photographs held out, and painted by {self.folder.resolve().name}"
        return contact_sheet([*before, *after], columns=len(before), title=title)

    def _parts(self) -> tuple[list[str], list[str]]:
        """The names of photos to learn from, and of those held out."""
        return self.photos.split(self.fast.num_validation, self.settings.seed)


def train(
    style: str | Path,
    photos: str | Path | Sequence[str | Path],
    *,
    out: str | Path | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressCallback = no_progress,
    **settings: Any,
) -> TrainResult:
    """Learn to paint like a picture, from photographs in folders or zips.

    A few photographs are held out; each epoch paints them (epochs/001.png …). `settings` are those
    of `TrainingSettings` and of `FastSettings`. The run folder is `out`, by default runs/ and the
    style's name.

    Raises UnknownNameError, ConfigError, ImageError, DataError, AssetNotFoundError or
    WriteError."""
    chosen, fast = chosen_settings(settings)
    places = [photos] if isinstance(photos, (str, Path)) else list(photos)
    hand, files = images.read(style), list_photos(places)
    judge = build_loss(hand, chosen, fast, progress)  # a wrong style is told before photos are read
    target = Path(out or Path("runs") / Path(style).stem)
    if is_rank_zero():
        run_folder.create(target)
    found, refused = _opened(files, chosen, fast, progress)
    course = TrainingRun(target, hand, found, refused, chosen, fast)
    if is_rank_zero():
        images.save(target / STYLE, hand)
        told = {"style": str(Path(style).resolve()), "photos": _absolute(places)}
        run_folder.write_record(target, {**told, **course.facts()})
    return course.run(judge, callbacks, progress)


def resume(
    run: str | Path, *, callbacks: Iterable[Callback] = (), progress: ProgressCallback = no_progress
) -> TrainResult:
    """Go on with a run that was stopped, from its last complete epoch, as it was begun. On a CPU
    it ends with the same weights, bit for bit, as if it had never been stopped.

    Raises RunError for no run, a damaged one, or one whose photos or style are no longer the
    same."""
    folder = Path(run)
    with run_folder.reading_record(folder, MAKER) as facts:
        if facts.get("panel") != PANEL or "fast" not in facts:
            raise RunError(f"{folder} is no run of `{MAKER}`. Name another.")
        chosen = TrainingConfig.merge(facts["settings"])
        fast = FastStyleConfig.merged(facts["fast"])
        places, expected = [str(place) for place in facts["photos"]], facts["data"]
    style_image = images.read(folder / STYLE)
    found, refused = _opened(list_photos(places), chosen, fast, progress)
    course = TrainingRun(folder, style_image, found, refused, chosen, fast)
    run_folder.check_same_data(folder, f"photos or {STYLE}", expected, course.facts()["data"])
    return course.run(build_loss(style_image, chosen, fast, progress), callbacks, progress)


def build_loss(
    style: Pixels,
    settings: TrainingConfig,
    fast: FastStyleConfig,
    progress: ProgressCallback = no_progress,
) -> PerceptualLoss:
    """What judges, on the device to train on. Raises AssetNotFoundError, with what can be
    fetched."""
    try:
        network = load_extractor(
            fast.network,
            pooling=POOLING,
            device=str(device_of(settings)),
            precision=settings.precision,
            progress=progress,
        )
    except AssetNotFoundError as error:
        if fast.network == FETCHED:
            raise
        raise AssetNotFoundError(
            f"{error} Or take --network {FETCHED}: 575 MB, fetched once."
        ) from error
    return PerceptualLoss(network, to_tensor(style), fast)


def _opened(
    files: Sequence[PhotoFile],
    settings: TrainingConfig,
    fast: FastStyleConfig,
    progress: ProgressCallback,
) -> tuple[PhotoCrops, tuple[SkippedImage, ...]]:
    side = FINER * fast.size
    return load_photos(files, side, most=fast.max_photos, seed=settings.seed, progress=progress)


def _absolute(places: Sequence[str | Path]) -> list[str]:
    return [str(Path(place).resolve()) for place in places]


def _digest(style: Pixels) -> str:
    return sha256(repr(style.shape).encode() + style.tobytes()).hexdigest()
