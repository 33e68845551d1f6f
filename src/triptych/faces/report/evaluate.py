"""How good an encoder is on the people of a folder: same or not, who is it, how sure that is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ...frame.errors import ConfigError, DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..calibration.calibration import Calibration
from ..detection.face import FaceDetector
from ..detection.quality import FaceSelection
from ..encoders._build import load_encoder
from ..encoders._encoder import Encoder, same_encoder
from ..metrics._classifier_result import ClassifierResult
from ..metrics.identification import IdentificationMetrics, evaluate_identification
from ..metrics.lfw_pairs import load_lfw_pairs
from ..metrics.pair_classifiers import identity_classifiers, pair_classifiers
from ..metrics.pairs import FOLDS, Pairs, sample_pairs
from ..photos.identity_folder import IdentityFolder, load_identities
from ..recognition.pipeline import FacePipeline, PipelineResult
from . import html_report
from .result import FaceEvaluation
from .verification_section import PairComparison, compare_pairs, vectors_for_photos

Measured = TypeVar("Measured")
DRAWN = "drawn from the folder: all pairs of one person, and as many of two, as far as folds allow"


def evaluate(
    folder: str | Path,
    *,
    encoder: str | Path | Encoder = "mobilefacenet",
    pairs: str | Path | None = None,
    folds: int = FOLDS,
    seed: int = 0,
    faces: FaceSelection = "largest",
    aligned: bool = False,
    detector: FaceDetector | None = None,
    calibration: Calibration | None = None,
    out: str | Path | None = None,
    progress: ProgressCallback = no_progress,
) -> FaceEvaluation:
    """Measure an encoder on a folder of people (see `people.people`), or on LFW's list of `pairs`
    of its photos; with `out`, write a report into that folder.

    A photo that is refused counts as an error of whatever it is part of. A part that a folder has
    too few people or photos for is left out, and the evaluation says so. `calibration`, else the
    one the encoder comes with, is judged beside the thresholds found here.

    Raises DataError where there is nothing to measure, ConfigError where too little,
    EncoderMismatchError for a calibration of another encoder, WriteError for `out`."""
    if faces == "all":
        raise ConfigError("Expected faces one or largest for an evaluation, got all. Choose one.")
    if pairs is None and folds < 2:
        raise ConfigError(f"Expected at least 2 folds, got {folds}. 10 are customary.")
    loaded_encoder = (
        load_encoder(encoder, progress=progress) if isinstance(encoder, str | Path) else encoder
    )
    calibration = calibration or loaded_encoder.calibration
    if calibration:
        same_encoder(calibration.encoder, loaded_encoder.fingerprint, "The calibration")
    if out is not None:
        html_report.make_folder(Path(out))
    identities = load_identities(folder)
    listed = None if pairs is None else (load_lfw_pairs(pairs, identities), f"listed in {pairs}")
    pipeline = FacePipeline(loaded_encoder, detector=detector, faces=faces, aligned=aligned)
    result = pipeline.embed(identities.photos, progress=progress)
    options = {"listed": listed, "folds": folds, "calibration": calibration, "seed": seed}
    evaluation = compute_metrics(identities, result, **options, progress=progress)
    if evaluation.comparison and (worst := evaluation.comparison.errors.photos()):
        again = pipeline.embed(worst, keep_crops=True)
        crops = () if again.crops is None else again.crops
        evaluation = replace(evaluation, crops=dict(zip(again.embeddings.photos, crops)))
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
    seed: int = 0,
    progress: ProgressCallback = no_progress,
) -> FaceEvaluation:
    """The figures of photos that have been encoded, on pairs that are `listed` (and where), or
    else drawn. Raises DataError and ConfigError as `evaluate` does."""
    names = [photo.person for photo in identities.photos]
    if not len(result.embeddings):
        raise DataError(
            f"None of the {len(identities.photos)} photos in {identities.folder} could be "
            f"encoded; the first was refused: {result.refused[0].reason}"
        )
    vectors = vectors_for_photos(identities.photos, result.embeddings)
    threshold = calibration.threshold if calibration else None
    left_out: list[str] = []

    def tried(number: int, part: str, measure: Callable[[], Measured]) -> Measured | None:
        progress(ProgressEvent("measure", number, 4))
        try:
            return measure()
        except ConfigError as error:
            left_out.append(f"{part}: {error}")
            return None

    def compared() -> PairComparison:
        pairs, source = listed or (sample_pairs(names, folds=folds, seed=seed), DRAWN)
        return compare_pairs(
            pairs, source, vectors, identities.photos, threshold=threshold, seed=seed
        )

    def identified() -> IdentificationMetrics:
        return evaluate_identification(vectors, names, threshold=threshold, seed=seed)

    def pairs_classified() -> tuple[ClassifierResult, ...]:
        return pair_classifiers(vectors, comparison.pairs, seed=seed) if comparison else ()

    def photos_classified() -> tuple[ClassifierResult, ...]:
        return identity_classifiers(vectors, names, seed=seed)

    comparison = tried(0, "Pairs", compared)
    who = tried(1, "Identification", identified)
    if not comparison and not who:
        raise ConfigError(f"{identities.folder} has too few photos to measure on. {left_out[0]}")
    of_pairs = tried(2, "Classifiers of pairs", pairs_classified) or ()
    of_photos = tried(3, "Classifiers of photos", photos_classified) or ()
    progress(ProgressEvent("measure", 4, 4))
    return FaceEvaluation(
        folder=str(identities.folder),
        encoder=result.embeddings.encoder,
        photos=len(identities.photos),
        people=len(identities),
        refused=result.refused,
        calibration=calibration,
        comparison=comparison,
        identification=who,
        pair_classifiers=of_pairs,
        identity_classifiers=of_photos,
        skipped=tuple(left_out),
        seed=seed,
    )
