"""Train a network that paints in one style at once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch.callbacks import Callback

from ...frame.config import TrainingConfig
from ...frame.errors import ConfigError, RunError
from ...frame.progress import ProgressCallback, ProgressLike, showing
from ...frame.storage import images, run_folder
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.images import ImageLike, as_image
from ...frame.storage.run_kind import FAST_STYLE
from ...frame.training.distributed import in_first_process, is_rank_zero
from ...frame.training.loggers import tracker_names
from ...frame.training.resume import resumed_configs
from ..imaging.conversions import Pixels
from .config import FastStyleConfig, resolve_configs
from .perceptual_loss import build_loss
from .photos import PhotoCrops, PhotoFile, list_photos, load_photos
from .run import STYLE, TrainingRun
from .run import TrainResult as TrainResult

OVERSAMPLING = 2  # photos are kept at twice the size trained on, as crops may be smaller


def train(
    style: ImageLike,
    photos: str | Path | Sequence[str | Path],
    *,
    out: str | Path | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressLike = None,
    **settings: Any,
) -> TrainResult:
    """Train a network to paint like an image, from photographs in folders or zips.

    A few photographs are held out; each epoch paints them (epochs/001.png …).

    Parameters:
        style: a path, a file's bytes, a PIL image, or an array or tensor of RGB.
        photos: folders or zips of photographs.
        out: the run folder, which must be new or empty; by default runs/ and the style's name.
        callbacks: of Lightning.
        progress: told how far the training is; by default a bar where stderr is a terminal, False
            for none.
        settings: of `TrainingConfig` and of `FastStyleConfig`, by name.

    Raises UnknownNameError, ConfigError, ImageError, DataError, AssetNotFoundError or WriteError.
    """
    config, fast = resolve_configs(settings)
    tracker_names(config)  # each of them is installed
    places = _as_list(photos)
    image, files = as_image(style, name="the style"), list_photos(places)
    source = Path(style) if isinstance(style, (str, Path)) else None
    folder = Path(out or Path("runs") / (source.stem if source else "style"))
    with showing(progress) as listener:
        loss_fn = build_loss(image, config, fast, listener)  # before photos are read: it may fail
        with in_first_process(run_folder.beginning(folder, leftovers=[STYLE])):
            crops, skipped = _load_crops(files, config, fast, listener)
            training = TrainingRun(folder, image, crops, skipped, config, fast)
            if is_rank_zero():
                images.save(folder / STYLE, image)
                paths = {
                    "style": str((source or folder / STYLE).resolve()),
                    "photos": [str(Path(place).resolve()) for place in places],
                }
                run_folder.write_record(folder, {**paths, **training.facts()})
            return training.run(loss_fn, callbacks, listener)


def resume(
    run: str | Path,
    *,
    style: ImageLike | None = None,
    photos: str | Path | Sequence[str | Path] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressLike = None,
    **settings: Any,
) -> TrainResult:
    """Go on with a run that was stopped, from its last complete epoch, as it was begun.

    On a CPU, with as many threads, it ends with the same weights, bit for bit, as if it had never
    been stopped. More `epochs` lay the one-cycle schedule anew over all of them; whatever else is
    said must be as the run has it.

    Parameters:
        run: its folder.
        style: the image the run was begun with, to be sure that it is the same.
        photos: where the folders or zips are now, in the same order, if they have moved; the
            photographs must be the same.
        callbacks: of Lightning, those the run was begun with.
        progress: told how far the training is; by default a bar where stderr is a terminal, False
            for none.
        settings: `epochs`, as many as before or more; others as the run has them.

    Raises RunError for no run, a damaged one, or one whose photos or style are no longer the same,
    ConfigError for what differs from the run.
    """
    folder = Path(run)
    with run_folder.reading_record(folder, FAST_STYLE) as facts:
        config = TrainingConfig.merge(facts["settings"])
        fast = FastStyleConfig.merge(facts["fast"])
        places, expected = [str(place) for place in facts["photos"]], facts["data"]
        begun_in = [str(place) for place in facts.get("photos_begun", places)]
    config, fast = resumed_configs(folder, config, fast, settings)
    image = images.read(folder / STYLE)
    _check_same_style(folder, image, style)
    if photos is not None:
        places = [str(Path(place).resolve()) for place in _as_list(photos)]
    with showing(progress) as listener, in_first_process(run_folder.lock(folder)):
        files = _list_moved(folder, places, begun_in)
        crops, skipped = _load_crops(files, config, fast, listener)
        training = TrainingRun(folder, image, crops, skipped, config, fast)
        now = training.facts()["data"]
        if photos is not None and now["photos"] != expected["photos"]:
            raise RunError(
                f"{folder} was begun with other photos than those in {', '.join(places)}. Name the "
                "place of those, or train anew into another --out."
            )
        run_folder.check_same_data(folder, f"photos or {STYLE}", expected, now)
        loss_fn = build_loss(image, config, fast, listener)
        if is_rank_zero():
            changes = {"photos": places, "photos_begun": begun_in, "settings": asdict(config)}
            run_folder.update_record(folder, changes)
        return training.run(loss_fn, callbacks, listener)


def _check_same_style(folder: Path, image: Pixels, style: ImageLike | None) -> None:
    """Raise ConfigError where the style named is not that of the run."""
    if style is not None and not np.array_equal(as_image(style, name="the style"), image):
        raise ConfigError(
            f"{folder} was begun with another style than {style}: see {folder / STYLE}. Name that, "
            "or another --out."
        )


def _list_moved(folder: Path, places: Sequence[str], begun_in: Sequence[str]) -> list[PhotoFile]:
    """The photos of a run to resume, in the places where they are now.

    Raises ConfigError for another number of places, RunError where one is missing.
    """
    if len(places) != len(begun_in):
        raise ConfigError(
            f"{folder} was begun with {len(begun_in)} folders or zips of photos "
            f"({', '.join(begun_in)}), got {len(places)}. Name as many, in the same order."
        )
    missing = [place for place in places if not Path(place).exists()]
    if missing:
        raise RunError(
            f"The photos of {folder} are not in {missing[0]}. If they have moved, name where they "
            f"are now: triptych style train STYLE PHOTOS --out {folder} --resume, or photos=… in "
            "Python."
        )
    return list_photos(places, begun_in)


def _as_list(photos: str | Path | Sequence[str | Path]) -> list[str | Path]:
    return [photos] if isinstance(photos, (str, Path)) else list(photos)


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
