"""Verification on pairs of photos: metrics, their meaning, and the errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from ..embeddings import Embeddings
from ..metrics.pairs import Pairs
from ..metrics.verification import NO_FACE_NOTE, VerificationMetrics, evaluate_verification
from ..photos.identity_folder import ImageFile
from .hard_pairs import PairErrors, find_errors


@dataclass(frozen=True, eq=False)
class PairComparison:
    """Verification on pairs, by the thresholds of the folds, and by a calibrated one where there is
    one.

    Parameters:
        pairs: what is compared.
        source: where the pairs come from, in words.
        distances: of the pairs, NaN with a photo without a face.
        verification: by the thresholds of the folds.
        errors: the misclassified pairs.
        calibrated_threshold: one that was found on other photos, if any.
    """

    pairs: Pairs
    source: str
    distances: Float64[np.ndarray, " pairs"]
    verification: VerificationMetrics
    errors: PairErrors
    calibrated_threshold: float | None

    @property
    def threshold(self) -> float:
        """The most accurate one here: the mean of the folds' thresholds."""
        return float(np.mean(self.verification.thresholds))

    @property
    def thresholds(self) -> dict[str, float]:
        """By name, in the order of importance."""
        calibrated = (
            {} if self.calibrated_threshold is None else {"calibrated": self.calibrated_threshold}
        )
        return {"most accurate": self.threshold, **calibrated}

    def metrics(self) -> dict[str, float | None]:
        """Figures by name; None for a rate that the number of pairs cannot support."""
        metrics = self.verification
        between = {
            "accuracy": None,
            "accuracy_low": metrics.ci_low,
            "accuracy_high": metrics.ci_high,
        }
        figures = between | metrics.metrics()  # the interval next to what it is of
        if self.calibrated_threshold is None:
            return figures
        accepted = self.distances <= self.calibrated_threshold  # NaN is not
        faceless = np.isnan(self.distances)
        return figures | {
            "far_at_threshold": float((accepted | faceless)[~self.pairs.same].mean()),
            "frr_at_threshold": float((~accepted)[self.pairs.same].mean()),
        }

    def definitions(self) -> dict[str, str]:
        """What each figure means, in one line."""
        between = {
            "accuracy": "",
            "accuracy_low": "lower end of the 95 % interval of accuracy",
            "accuracy_high": "upper end of the 95 % interval of accuracy",
        }
        means = between | self.verification.definitions()
        if self.calibrated_threshold is None:
            return means
        where = f"at the calibrated threshold {self.calibrated_threshold:.4f}; {NO_FACE_NOTE}"
        return means | {
            "far_at_threshold": f"share of different pairs accepted {where}",
            "frr_at_threshold": f"share of same pairs rejected {where}",
        }

    def to_dict(self) -> dict[str, Any]:
        """As evaluation.json holds it."""
        same = int(self.pairs.same.sum())
        return {
            "same": same,
            "different": len(self.pairs) - same,
            "source": self.source,
            "folds": [*self.verification.folds],
            "folds_share_no": self.pairs.disjoint_by.replace("people", "person").replace(
                "pairs", "pair"
            ),
            "thresholds": [*self.verification.thresholds],
            "false_accepts": self.errors.num_false_accepts,
            "false_rejects": self.errors.num_false_rejects,
            "without_a_face": self.errors.num_without_face,
            "worst_false_accepts": [pair.to_dict() for pair in self.errors.false_accepts],
            "worst_false_rejects": [pair.to_dict() for pair in self.errors.false_rejects],
        }


def compare_pairs(
    pairs: Pairs,
    source: str,
    vectors: Float32[np.ndarray, "photos size"],
    photos: Sequence[ImageFile],
    *,
    threshold: float | None = None,
    seed: int = 0,
) -> PairComparison:
    """Classify pairs by their distances.

    Parameters:
        pairs: of photos.
        source: where the pairs come from, in words.
        vectors: of unit length, a row for each photo, NaN where there is no face.
        photos: all of them.
        threshold: a calibrated one, if any.
        seed: of the bootstrap.
    """
    distances = pairs.distances(vectors)
    metrics = evaluate_verification(distances, pairs, seed=seed)
    return PairComparison(
        pairs, source, distances, metrics, find_errors(metrics, pairs, photos), threshold
    )


def vectors_for_photos(
    photos: Sequence[ImageFile], embeddings: Embeddings
) -> Float32[np.ndarray, "photos size"]:
    """A row for each photo: its first embedding, NaN where it has none.

    Parameters:
        photos: all of them.
        embeddings: with the photos' names.
    """
    rows = {name: row for row, name in reversed([*enumerate(embeddings.photos)])}
    with_face = [place for place, photo in enumerate(photos) if photo.name in rows]
    vectors = np.full((len(photos), embeddings.vectors.shape[1]), np.nan, np.float32)
    vectors[with_face] = embeddings.vectors[[rows[photos[place].name] for place in with_face]]
    return vectors
