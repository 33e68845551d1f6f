"""What a classifier told rightly of what it had not learnt from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from .bootstrap import confidence_interval

NO_FACE_NOTE = "a photo without a face counts as an error"


@dataclass(frozen=True)
class ClassifierResult:
    """The share of pairs, or of photos, that a classifier told rightly; none it had learnt from."""

    name: str
    accuracy: float
    ci_low: float  # … high: a 95 % interval
    ci_high: float
    folds: tuple[float, ...]  # the accuracy of each
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
    """Which pairs or photos were told rightly; `first` and `second` are the people of each."""
    low, high = confidence_interval(correct, first, second, seed=seed)
    shares = tuple(float(correct[fold == number].mean()) for number in range(int(fold.max()) + 1))
    return ClassifierResult(name, float(correct.mean()), low, high, shares, definition)
