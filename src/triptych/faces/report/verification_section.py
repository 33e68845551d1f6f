"""Pairs of photos told same or different: figures, their meaning, and what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from ..embeddings import Encodings
from ..metrics.pairs import Pairs
from ..metrics.verification import FACELESS, Verification, verification
from ..photos.identity_folder import PhotoFile
from .hard_pairs import Mistakes, mistakes


@dataclass(frozen=True, eq=False)
class Comparison:
    """What distances say of pairs, by the thresholds of the folds; and by the `calibrated` one,
    which was found on other photos, where there is one."""

    pairs: Pairs
    source: str  # where the pairs come from, in words
    distances: Float64[np.ndarray, " pairs"]  # NaN with a photo without a face
    verification: Verification
    mistakes: Mistakes
    calibrated: float | None

    @property
    def threshold(self) -> float:
        """The most accurate one here: the mean of the folds' thresholds."""
        return float(np.mean(self.verification.thresholds))

    @property
    def thresholds(self) -> dict[str, float]:
        """By name, in the order of importance."""
        chosen = {} if self.calibrated is None else {"calibrated": self.calibrated}
        return {"most accurate": self.threshold, **chosen}

    def metrics(self) -> dict[str, float | None]:
        """Figures by name; None for a rate that the number of pairs cannot support."""
        found = self.verification
        between = {"accuracy": None, "accuracy_low": found.low, "accuracy_high": found.high}
        figures = between | found.metrics()  # the interval next to what it is of
        if self.calibrated is None:
            return figures
        accepted = self.distances <= self.calibrated  # NaN is not
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
        if self.calibrated is None:
            return means
        where = f"at the calibrated threshold {self.calibrated:.4f}; {FACELESS}"
        return means | {
            "far_at_threshold": f"share of different pairs accepted {where}",
            "frr_at_threshold": f"share of same pairs rejected {where}",
        }

    def json(self) -> dict[str, Any]:
        same = int(self.pairs.same.sum())
        return {
            "same": same,
            "different": len(self.pairs) - same,
            "source": self.source,
            "folds": [*self.verification.folds],
            "folds_share_no": self.pairs.by.replace("people", "person").replace("pairs", "pair"),
            "thresholds": [*self.verification.thresholds],
            "false_accepts": self.mistakes.accepted,
            "false_rejects": self.mistakes.rejected,
            "without_a_face": self.mistakes.faceless,
            "worst_false_accepts": [pair.json() for pair in self.mistakes.accepts],
            "worst_false_rejects": [pair.json() for pair in self.mistakes.rejects],
        }


def compare(
    pairs: Pairs,
    source: str,
    vectors: Float32[np.ndarray, "photos size"],
    photos: Sequence[PhotoFile],
    *,
    threshold: float | None = None,
    seed: int = 0,
) -> Comparison:
    """Tell the pairs by the distances of unit vectors, a row for each photo (of NaN, without a
    face), and by a calibrated `threshold`."""
    distances = pairs.distances(vectors)
    told = verification(distances, pairs, seed=seed)
    return Comparison(pairs, source, distances, told, mistakes(told, pairs, photos), threshold)


def vectors_of(
    photos: Sequence[PhotoFile], encodings: Encodings
) -> Float32[np.ndarray, "photos size"]:
    """A row for each photo: its first encoding, NaN where it has none."""
    rows = {name: row for row, name in reversed([*enumerate(encodings.photos)])}
    known = [place for place, photo in enumerate(photos) if photo.name in rows]
    vectors = np.full((len(photos), encodings.vectors.shape[1]), np.nan, np.float32)
    vectors[known] = encodings.vectors[[rows[photos[place].name] for place in known]]
    return vectors
