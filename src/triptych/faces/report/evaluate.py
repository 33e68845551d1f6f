"""Measure an encoder on a folder of people: verification, identification, classifiers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Float32

from ...frame.errors import ConfigError, DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..calibration.calibration import Calibration
from ..detection.face import Crop, FaceDetector
from ..detection.quality import FaceSelection
from ..encoders._build import DEFAULT, load_encoder
from ..encoders._encoder import Encoder, same_encoder
from ..metrics._classifier_result import ClassifierResult
from ..metrics.identification import evaluate_identification
from ..metrics.identity_classifiers import identity_classifiers
from ..metrics.pair_classifiers import pair_classifiers
from ..metrics.pair_lists.load import load_pairs
from ..metrics.pairs import FOLDS, Pairs, sample_pairs
from ..photos.identity_folder import IdentityFolder, ImageFile, load_identities
from ..recognition.pipeline import FacePipeline
from ..recognition.pipeline_result import PipelineResult
from . import html_report
from .demographics.compare import errors_by_group
from .demographics.groups_file import PhotoGroups, load_groups
from .quality_section import errors_by_quality
from .result import FaceEvaluation
from .verification_section import PairComparison, compare_pairs, vectors_for_photos

Measured = TypeVar("Measured")
PARTS = 6
DRAWN = "drawn from the folder: all pairs of one person, and as many of two, as far as folds allow"


def evaluate(
    folder: str | Path | IdentityFolder,
    *,
    encoder: str | Path | Encoder = DEFAULT,
    pairs: str | Path | None = None,
    folds: int = FOLDS,
    seed: int = 0,
    faces: FaceSelection = "largest",
    aligned: bool = False,
    detector: FaceDetector | None = None,
    calibration: Calibration | None = None,
    groups: str | Path | None = None,
    out: str | Path | None = None,
    progress: ProgressCallback = no_progress,
) -> FaceEvaluation:
    """Measure an encoder on a folder of people: verification, identification, classifiers.

    A photo that is refused counts as an error of whatever it is part of. A part that a folder has
    too few people or photos for is left out, and the evaluation says so.

    Parameters:
        folder: a folder of photos for each person, a zip of it, or what `load_identities` gives.
        encoder: one that is loaded, or what `load_encoder` takes.
        pairs: a list as `load_pairs` takes it, in place of pairs drawn from the folder.
        folds: parts for cross-validation, where no list tells them; 2 or more.
        seed: of folds, pairs and bootstrap.
        faces: which face of a photo counts: "one" or "largest".
        aligned: the photos are aligned crops already.
        detector: what finds faces, in place of YuNet.
        calibration: whose threshold is measured too; by default the encoder's own.
        groups: a CSV, person,group or photo,group, by which errors are told apart; see
            `load_groups`.
        out: a folder to write a report into, if any.
        progress: told how far it is.

    Raises DataError where there is nothing to measure, ConfigError where too little,
    EncoderMismatchError for a calibration of another encoder, WriteError for `out`.
    """
    if faces == "all":
        raise ConfigError("Expected faces one or largest for an evaluation, got all. Choose one.")
    if folds < 2:
        raise ConfigError(f"Expected at least 2 folds, got {folds}. 10 are customary.")
    if isinstance(encoder, str | Path):
        encoder = load_encoder(encoder, progress=progress)
    calibration = calibration or encoder.calibration
    if calibration:
        same_encoder(calibration.encoder, encoder.fingerprint, "The calibration")
    if out is not None:
        html_report.make_folder(Path(out))
    identities = load_identities(folder)
    listed = (
        None
        if pairs is None
        else (load_pairs(pairs, identities, folds=folds), f"listed in {pairs}")
    )
    grouped = None if groups is None else load_groups(groups, identities.photos)
    pipeline = FacePipeline(encoder, detector=detector, faces=faces, aligned=aligned)
    result = pipeline.embed(identities.photos, progress=progress)
    evaluation = compute_metrics(
        identities,
        result,
        listed=listed,
        folds=folds,
        calibration=calibration,
        groups=grouped,
        seed=seed,
        progress=progress,
    )
    if evaluation.comparison:
        photos = evaluation.comparison.errors.photos()
        evaluation = replace(evaluation, crops=_crops(pipeline, result, photos))
    if out is not None:
        html_report.write_report(Path(out), evaluation)
    return evaluation


def compute_metrics(
    identities: IdentityFolder,
    result: PipelineResult,
    *,
    listed: tuple[Pairs, str] | None = None,
    folds: int = FOLDS,
    calibration: Calibration | None = None,
    groups: PhotoGroups | None = None,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
) -> FaceEvaluation:
    """The metrics of photos that have been encoded.

    Parameters:
        identities: the photos.
        result: what a pipeline made of them.
        listed: pairs, and in words where they come from; by default pairs are drawn.
        folds: parts for cross-validation of pairs that are drawn.
        calibration: whose threshold is measured too.
        groups: of the photos, by which errors are told apart.
        seed: of folds, pairs and bootstrap.
        progress: told which of six parts is under way.

    Raises DataError and ConfigError as `evaluate` does.
    """
    if not len(result.embeddings):
        raise DataError(
            f"None of the {len(identities.photos)} photos in {identities.folder} could be encoded; "
            f"the first was refused: {result.refused[0].reason}"
        )
    vectors = vectors_for_photos(identities.photos, result.embeddings)
    names = [photo.person for photo in identities.photos]
    threshold = calibration.threshold if calibration else None
    parts = _Parts(progress)

    def compare() -> PairComparison:
        pairs, source = listed or (sample_pairs(names, folds=folds, seed=seed), DRAWN)
        photos = identities.photos
        return compare_pairs(pairs, source, vectors, photos, threshold=threshold, seed=seed)

    comparison = parts.measure("Pairs", compare)
    identification = parts.measure(
        "Identification",
        lambda: evaluate_identification(vectors, names, threshold=threshold, seed=seed),
    )
    if not comparison and not identification:
        raise ConfigError(
            f"{identities.folder} has too few photos to measure on. {parts.skipped[0]}"
        )
    of_pairs, of_photos = _classify(parts, vectors, names, comparison, seed)
    quality = parts.measure(
        "Errors by quality", lambda: errors_by_quality(comparison, identities.photos, result)
    )
    by_group = parts.measure(
        "Errors by group",
        lambda: errors_by_group(groups, names, vectors, calibration, comparison, seed),
    )
    progress(ProgressEvent("measure", parts.done, PARTS))
    return FaceEvaluation(
        folder=str(identities.folder),
        encoder=result.embeddings.encoder,
        photos=len(identities.photos),
        people=len(identities),
        refused=result.refused,
        calibration=calibration,
        comparison=comparison,
        identification=identification,
        pair_classifiers=of_pairs,
        identity_classifiers=of_photos,
        skipped=(*parts.skipped, *(groups.remarks() if groups else ())),
        seed=seed,
        quality=quality,
        groups=by_group,
    )


@dataclass
class _Parts:
    """Parts of an evaluation, measured one after the other; those without enough data skipped."""

    progress: ProgressCallback
    done: int = 0
    skipped: list[str] = field(default_factory=list)

    def measure(self, part: str, compute: Callable[[], Measured]) -> Measured | None:
        self.progress(ProgressEvent("measure", self.done, PARTS))
        self.done += 1
        try:
            return compute()
        except ConfigError as error:
            self.skipped.append(f"{part}: {error}")
            return None


def _classify(
    parts: _Parts,
    vectors: Float32[np.ndarray, "photos size"],
    people: Sequence[str],
    comparison: PairComparison | None,
    seed: int,
) -> tuple[tuple[ClassifierResult, ...], tuple[ClassifierResult, ...]]:
    """Classifiers of pairs, and of photos."""
    of_pairs = parts.measure(
        "Classifiers of pairs",
        lambda: pair_classifiers(vectors, comparison.pairs, seed=seed) if comparison else (),
    )
    of_photos = parts.measure(
        "Classifiers of photos", lambda: identity_classifiers(vectors, people, seed=seed)
    )
    return of_pairs or (), of_photos or ()


def _crops(
    pipeline: FacePipeline, result: PipelineResult, photos: Sequence[ImageFile]
) -> dict[str, Crop]:
    """What the encoder saw of photos, cut out by the faces that were detected before."""
    faces = dict(zip(result.embeddings.photos, result.faces))
    return {photo.name: pipeline.crop(photo, faces[photo.name]) for photo in photos}
