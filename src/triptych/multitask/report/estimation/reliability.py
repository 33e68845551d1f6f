"""How far probabilities can be believed: reliability diagrams and the calibration error."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ...calibration.calibration_error import BINS


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often a head is right where it says it is so sure.

    Parameters:
        edges: of the bins of confidence, 0 … 1.
        counts: images in each bin.
        confidence: mean probability of the answers of each bin; NaN of empty ones.
        accuracy: share of right answers of each bin; NaN of empty ones.
    """

    edges: Float[ndarray, " edges"]
    counts: Int[ndarray, " bins"]
    confidence: Float[ndarray, " bins"]
    accuracy: Float[ndarray, " bins"]

    @property
    def ece(self) -> float:
        """The expected calibration error: |accuracy − confidence|, mean over images, each as its
        bin (Naeini et al. 2015; Guo et al. 2017, equation 3)."""
        filled = self.counts > 0
        gaps = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float((gaps * self.counts[filled]).sum() / max(self.counts.sum(), 1))


def reliability(
    probabilities: Float[ndarray, "images names"], truth: Int[ndarray, " images"]
) -> Reliability:
    """The reliability diagram of a head that chooses a class.

    Parameters:
        probabilities: of each name, 0 … 1.
        truth: the right number of each image.
    """
    sure = probabilities.max(1)
    right = (probabilities.argmax(1) == truth).astype(float)
    edges = np.linspace(0, 1, BINS + 1)
    number = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)  # (0, 1/15], (1/15, 2/15] …
    counts = np.bincount(number, minlength=BINS)
    sums = [np.bincount(number, values, BINS) for values in (sure, right)]
    confidence, accuracy = (
        np.divide(total, counts, where=counts > 0, out=np.full(BINS, np.nan)) for total in sums
    )
    return Reliability(edges, counts, confidence, accuracy)


def softmax(
    logits: Float[ndarray, "images names"], temperature: float = 1.0
) -> Float[ndarray, "images names"]:
    """Probabilities of logits that are divided by a temperature first.

    Parameters:
        logits: of each name.
        temperature: above 1 for less sure, below 1 for surer.
    """
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)
