"""Which images the answers of a head changed for, for better and for worse."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from ...image_scores import WRONG_BELOW
from ..estimation.mcnemar import mcnemar_p
from ..estimation.reliability import softmax
from ..object_observation import DetectionObservation
from ..observation import ClassObservation, Observation, SemanticObservation, ShapeObservation


@dataclass(frozen=True, eq=False)
class HeadChanges:
    """What two runs say of the same images, of one head.

    Parameters:
        before: what the baseline says.
        after: what the other run says.
    """

    before: Observation
    after: Observation

    @property
    def criterion(self) -> str:
        """When an answer counts as right, in a few words."""
        match self.before:
            case ClassObservation():
                return "class right"
            case DetectionObservation():
                return "all counts exact"
            case SemanticObservation():
                what = "worst class's IoU"
            case ShapeObservation():
                what = "IoU"
            case _:
                what = "score"
        return f"{what} ≥ {WRONG_BELOW:g}"

    @cached_property
    def known(self) -> Bool[ndarray, " images"]:
        """The images of which it is known what is true."""
        return self.before.present & self.after.present

    @cached_property
    def right(self) -> tuple[Bool[ndarray, " images"], Bool[ndarray, " images"]]:
        """Which images each is right about; of others it says nothing."""
        return _right(self.before), _right(self.after)

    @property
    def lost(self) -> Int[ndarray, " some"]:
        """The images that only the baseline is right about."""
        before, after = self.right
        return np.flatnonzero(self.known & before & ~after)

    @property
    def gained(self) -> Int[ndarray, " some"]:
        """The images that only the other run is right about."""
        before, after = self.right
        return np.flatnonzero(self.known & ~before & after)

    @cached_property
    def gain(self) -> Float[ndarray, " images"]:
        """By how much the score of each image rose; of a class, the probability of the right one.
        NaN where nothing is known."""
        values = [_degree(one) for one in (self.before, self.after)]
        return np.where(self.known, values[1] - values[0], np.nan)

    @property
    def better(self) -> Int[ndarray, " some"]:
        """The images whose answer became better, the greatest gain first: of a class those that
        became right."""
        if isinstance(self.before, ClassObservation):
            return self.gained[np.argsort(-self.gain[self.gained], kind="stable")]
        order = np.argsort(-np.nan_to_num(self.gain), kind="stable")
        return order[np.nan_to_num(self.gain)[order] > 0]

    @property
    def worse(self) -> Int[ndarray, " some"]:
        """The images whose answer became worse, the greatest loss first: of a class those that
        became wrong."""
        if isinstance(self.before, ClassObservation):
            return self.lost[np.argsort(self.gain[self.lost], kind="stable")]
        order = np.argsort(np.nan_to_num(self.gain), kind="stable")
        return order[np.nan_to_num(self.gain)[order] < 0]

    @property
    def p(self) -> float:
        """Of McNemar's exact test: how probable so unequal a division is by chance."""
        return mcnemar_p(len(self.lost), len(self.gained))

    def counts(self) -> dict[str, int]:
        """How many images both are right about, only one, or none; how many became better."""
        before, after = self.right
        return {
            "right_in_both": int((self.known & before & after).sum()),
            "right_to_wrong": len(self.lost),
            "wrong_to_right": len(self.gained),
            "wrong_in_both": int((self.known & ~before & ~after).sum()),
            "better": len(self.better),
            "worse": len(self.worse),
        }

    def to_dict(self) -> dict[str, Any]:
        """Counts, and what they are of, ready for JSON."""
        return {"right_if": self.criterion, **self.counts(), "mcnemar_p": self.p}


def _right(seen: Observation) -> Bool[ndarray, " images"]:
    match seen:
        case ClassObservation():
            return seen.answers == seen.truth
        case DetectionObservation():
            return (seen.told == seen.there).all(1)
    return np.nan_to_num(seen.score) >= WRONG_BELOW


def _degree(seen: Observation) -> Float[ndarray, " images"]:
    """How good the answer to each image is, in steps as fine as there are."""
    if not isinstance(seen, ClassObservation):
        return seen.score
    logits = np.where(seen.present[:, None], seen.logits, 0)
    return softmax(logits, seen.temperature)[np.arange(seen.count), seen.truth]
