"""The accuracy of a classifier on pairs or photos it has not been trained on."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from .bootstrap import confidence_interval

NO_FACE_NOTE = "a photo without a face counts as an error"


@dataclass(frozen=True)
class ClassifierResult:
    """The share of pairs, or of photos, that a classifier gets right.

    Parameters:
        name: of the classifier.
        accuracy: the share, 0 … 1, over all folds.
        ci_low: lower end of its 95 % interval.
        ci_high: upper end.
        folds: the accuracy on each fold, by the classifier trained on the others.
        definition: what the figure means, in one line.
    """

    name: str
    accuracy: float
    ci_low: float
    ci_high: float
    folds: tuple[float, ...]
    definition: str


def summarize(
    name: str,
    correct: Bool[np.ndarray, " asked"],
    first: Int64[np.ndarray, " asked"],
    second: Int64[np.ndarray, " asked"],
    fold: Int64[np.ndarray, " asked"],
    definition: str,
    seed: int,
) -> ClassifierResult:
    """The accuracy of a classifier with its interval.

    Parameters:
        name: of the classifier.
        correct: which pairs or photos it got right.
        first: the label of the first person of each pair, or of the photo's person.
        second: the label of the second, or of the photo's person again.
        fold: the fold of each.
        definition: what the figure means, in one line.
        seed: of the bootstrap.
    """
    low, high = confidence_interval(correct, first, second, seed=seed)
    shares = tuple(float(correct[fold == number].mean()) for number in range(int(fold.max()) + 1))
    return ClassifierResult(name, float(correct.mean()), low, high, shares, definition)
