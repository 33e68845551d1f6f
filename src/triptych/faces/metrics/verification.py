"""Verification (1:1): accuracy by folds, and the errors at all thresholds."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64

from .bootstrap import confidence_interval
from .pairs import Pairs
from .roc import RocCurve, format_rate, roc_curve

RATES = (1e-1, 1e-2, 1e-3)

NO_FACE_NOTE = "a pair with a photo without a face counts as an error at every threshold"


@dataclass(frozen=True, eq=False)
class VerificationMetrics:
    """How well distances separate pairs of one person from pairs of two.

    Parameters:
        accuracy: the share of pairs on the right side of their fold's threshold, 0 … 1.
        ci_low: lower end of its 95 % interval.
        ci_high: upper end.
        folds: the accuracy of each.
        thresholds: of each fold, the most accurate on all others.
        correct: which pairs are on the right side.
        margins: distance less threshold of each pair, NaN without a face.
        curve: the errors at all thresholds.
        disjoint_by: what folds share none of: "people", or only "pairs".
    """

    accuracy: float
    ci_low: float
    ci_high: float
    folds: tuple[float, ...]
    thresholds: tuple[float, ...]
    correct: Bool[np.ndarray, " pairs"]
    margins: Float64[np.ndarray, " pairs"]
    curve: RocCurve
    disjoint_by: str

    @property
    def eer(self) -> float:
        """Equal error rate, 0 … 1."""
        return self.curve.eer()

    def metrics(self) -> dict[str, float | None]:
        """Figures by name; None for a rate that the number of pairs cannot support."""
        tars = {f"tar_at_far_{format_rate(far)}": self.curve.tar_at(far) for far in RATES}
        figures = {"accuracy": self.accuracy, "eer": self.eer, **tars}
        return {name: None if np.isnan(value) else value for name, value in figures.items()}

    def definitions(self) -> dict[str, str]:
        """What each figure means, in one line."""
        folds_note = {
            "people": "folds share no person",
            "pairs": "folds share no pair, but people, as there are fewer than two a fold",
        }[self.disjoint_by]
        tars = {
            f"tar_at_far_{format_rate(far)}": f"share of same pairs accepted by the largest "
            f"threshold that accepts at most {far:g} of the different pairs; null with fewer than "
            f"{3 / far:.0f} different pairs (rule of three), or where photos without a face "
            "alone exceed the rate"
            for far in RATES
        }
        return {
            "accuracy": f"share of pairs told rightly, same or different, with the threshold most "
            f"accurate on the other {len(self.folds) - 1} folds; {folds_note}; {NO_FACE_NOTE}; 95 "
            "% interval: the wider of a bootstrap over people and Wilson's",
            "eer": "error rate at the threshold that rejects the same share of same pairs as it "
            f"accepts of different ones, by straight lines between thresholds; {NO_FACE_NOTE}",
            **tars,
        }


def evaluate_verification(
    distances: Float[np.ndarray, " pairs"], pairs: Pairs, *, seed: int = 0
) -> VerificationMetrics:
    """Classify each fold's pairs by the threshold that is most accurate on all other folds.

    The protocol is that of LFW (Huang et al. 2007), whose folds share no person.

    Parameters:
        distances: of the pairs, as `Pairs.distances` gives them; NaN where a photo has no face.
        pairs: with their folds.
        seed: of the bootstrap.
    """
    exact = distances.astype(np.float64)
    thresholds = [best_threshold(exact[rest], pairs.same[rest]) for rest in pairs.train_masks()]
    margins = exact - np.array(thresholds)[pairs.fold]
    right = np.where(pairs.same, margins <= 0, margins > 0)  # NaN is neither
    low, high = confidence_interval(right, *pairs.identities(), seed=seed)
    return VerificationMetrics(
        accuracy=float(right.mean()),
        ci_low=low,
        ci_high=high,
        folds=tuple(float(right[pairs.fold == fold].mean()) for fold in range(pairs.folds)),
        thresholds=tuple(thresholds),
        correct=right,
        margins=margins,
        curve=roc_curve(exact, pairs.same),
        disjoint_by=pairs.disjoint_by,
    )


def best_threshold(
    distances: Float64[np.ndarray, " pairs"], same: Bool[np.ndarray, " pairs"]
) -> float:
    """The threshold that gets most pairs right.

    Any between two neighbouring distances does equally well: the middle is taken; where several
    such gaps are equally good, that of the widest, and of the lowest among the widest.

    Parameters:
        distances: of the pairs, NaN where a photo has no face.
        same: which pairs are of one person.
    """
    curve = roc_curve(distances, same)
    gained = curve.same_accepted - curve.different_accepted
    best = np.flatnonzero(gained == gained.max())
    ends = np.append(curve.thresholds[1:], np.inf)[best]
    widths = ends - curve.thresholds[best]
    widths[~np.isfinite(widths)] = 0.0  # before the first and after the last there is no middle
    point = int(best[np.argmax(widths)])
    return curve.threshold_between(point, point + 1)
