"""Train an encoder on photos of people, or of anything that is the same or different."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import Callback

from ...frame.config import TrainingConfig
from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressLike, showing
from ...frame.storage import run_folder
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.run_kind import FACES
from ...frame.training.distributed import in_first_process, is_rank_zero
from ...frame.training.resume import check_unchanged, resumed_configs
from ..detection.face import FaceDetector
from ..photos import crop_dataset as albums
from ..photos.crop_dataset import CropDataset
from ..photos.cropping import Cropper
from ..photos.identity_folder import IdentityFolder
from .config import TripletConfig
from .run import TrainingRun
from .run import TrainResult as TrainResult
from .setup import (
    SCRATCH,
    TrainConfig,
    build_network,
    dataset_fingerprint,
    merge_folders,
    resolve_config,
)


def train(
    folder: str | Path | Sequence[str | Path],
    *,
    out: str | Path | None = None,
    encoder: str = SCRATCH,
    options: Mapping[str, Any] | None = None,
    detector: FaceDetector | None = None,
    workers: int | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressLike = None,
    **settings: Any,
) -> TrainResult:
    """Train an encoder on a folder of people, or several, and measure it on people who did not
    train.

    People are split: some train, some choose the best epoch, some are tested at the end.

    Parameters:
        folder: one or several folders of photos for each person, or zips of them.
        out: the run folder, which must be new or empty; by default runs/ and the folder's name.
        encoder: what to begin from: "scratch", or a pretrained one: "dlib" or "mobilefacenet".
        options: of the backbone, by name.
        detector: what finds faces, in place of YuNet.
        workers: threads that read photos; by default one a core.
        callbacks: of Lightning.
        progress: told how far the training is; by default a bar where stderr is a terminal, False
            for none.
        settings: of `TrainingConfig` and `TripletConfig`, by name.

    Raises UnknownNameError, ConfigError, DataError, AssetNotFoundError, MissingDependencyError or
    WriteError.
    """
    task = TrainConfig(_as_folder_list(folder), encoder, dict(options or {}))
    training, config = resolve_config(encoder, settings)
    target = Path(out or Path("runs") / Path(task.folders[0]).stem)
    facts = {"plan": asdict(task), "settings": asdict(training), "triplets": asdict(config)}
    with showing(progress) as listener:
        build_network(task, training, config, listener)  # a wrong name is told before photos
        identities = merge_folders(task.folders)
        with in_first_process(run_folder.beginning(target)):
            dataset, refused = _load_crops(identities, config, detector, workers, listener)
            if is_rank_zero():
                record = {
                    "data": dataset_fingerprint(dataset),
                    "refused": [one.to_dict() for one in refused],
                }
                run_folder.write_record(target, {**facts, **record})
            run = TrainingRun(target, task, training, config, dataset, refused)
            return run.run(callbacks, listener)


def resume(
    run: str | Path,
    *,
    folder: str | Path | Sequence[str | Path] | None = None,
    encoder: str | None = None,
    detector: FaceDetector | None = None,
    workers: int | None = None,
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
        folder: where the photos are now, if they have moved; they must be the same.
        encoder: what the run began from.
        detector: the one the run was begun with, in place of YuNet.
        workers: threads that read photos; by default one a core.
        callbacks: of Lightning, those the run was begun with.
        progress: told how far the training is; by default a bar where stderr is a terminal, False
            for none.
        settings: `epochs`, as many as before or more; others as the run has them.

    Raises RunError for no run, a damaged one, or one whose photos are no longer the same,
    ConfigError for what differs from the run.
    """
    place = Path(run)
    with run_folder.reading_record(place, FACES) as record:
        task = TrainConfig(**record["plan"])
        begun = TrainingConfig.merge(record["settings"])
        config = TripletConfig.merged(record["triplets"])
        expected = record["data"]
    check_unchanged(place, {"encoder": task.encoder}, {"encoder": encoder})
    training, config = resumed_configs(place, begun, config, settings)
    if folder is not None:
        task = replace(task, folders=_as_folder_list(folder))
    with showing(progress) as listener, in_first_process(run_folder.lock(place)):
        identities = merge_folders(task.folders)
        dataset, refused = _load_crops(identities, config, detector, workers, listener)
        run_folder.check_same_data(place, "photos", expected, dataset_fingerprint(dataset))
        if is_rank_zero():
            changes = {"plan": asdict(task), "settings": asdict(training)}
            run_folder.update_record(place, changes)
        resumed = TrainingRun(place, task, training, config, dataset, refused)
        return resumed.run(callbacks, listener)


def _as_folder_list(folder: str | Path | Sequence[str | Path]) -> list[str]:
    several = [folder] if isinstance(folder, (str, Path)) else list(folder)
    if not several:
        raise ConfigError("Expected a folder of people, got none. Name one.")
    return [str(Path(one).resolve()) for one in several]


def _load_crops(
    identities: IdentityFolder,
    config: TripletConfig,
    detector: FaceDetector | None,
    workers: int | None,
    progress: ProgressCallback,
) -> tuple[CropDataset, tuple[SkippedImage, ...]]:
    sides = config.height, config.width, config.channels
    cropper = Cropper(config.crop, *sides, detector=detector, template=config.template)
    return albums.load_crops(identities, cropper, workers=workers, progress=progress)
