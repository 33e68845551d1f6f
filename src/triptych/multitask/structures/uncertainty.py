"""How unsure a model is of what it says, so that people look at those images first."""

import math

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from .annotations import Annotation, BinaryMask, ClassLabel, SemanticMap
from .detections import Detections

NOTHING_DETECTED = 0.5  # it tells neither that there is nothing nor that something was missed


def uncertainty_of(annotation: Annotation) -> float | None:
    """How unsure a model is of an annotation, 0 … 1; None where the head says nothing of it.

    Parameters:
        annotation: as a head decoded it, in pixels of the canvas: a mask in pixels of the original
            image has no probabilities any more.

    | annotation | uncertainty |
    |---|---|
    | class | 1 − the margin between the two most probable classes (Scheffer et al. 2001) |
    | mask, semantic map | 1 − the intersection over union that its probabilities promise, |
    | | `expected_iou` |
    | detections | the mean of 1 − abs(2 · score − 1) over the objects (after Brust et al. 2019, |
    | | who take the margin of the classes); 0.5 where there are none |
    | box, circle | None: the heads of one object tell no probability |
    """
    match annotation:
        case ClassLabel(_, probability, others):
            second = others[0][1] if others else 0.0
            return _in_range(1 - (probability - second))
        case BinaryMask(probability):
            return _in_range(1 - expected_iou(probability))
        case SemanticMap():
            promised = annotation.expected_iou
            return None if promised is None else _in_range(1 - promised)
        case Detections(objects):
            doubts = [1 - abs(2 * one.score - 1) for one in objects]
            return _in_range(sum(doubts) / len(doubts)) if doubts else NOTHING_DETECTED
    return None


def expected_iou(probability: Float[ndarray, "height width"]) -> float:
    """The intersection over union of a mask with the truth, were each pixel true with its own
    probability: the expected intersection over the expected union.

    A mask without a pixel is as sure as its most probable pixel is improbable.

    Parameters:
        probability: of the foreground, 0 … 1; the mask is where it is above one half.

    After the soft Dice confidence of Borges et al. 2024, with the Jaccard index.

    >>> expected_iou(np.array([[1.0, 0.75, 0.25, 0.0]]))
    0.7777777777777778
    """
    inside = probability > 0.5
    if not inside.any():
        return float(1 - 2 * probability.max(initial=0.0))
    intersection = float(probability[inside].sum(dtype=np.float64))
    union = int(inside.sum()) + float(probability[~inside].sum(dtype=np.float64))
    return intersection / union


def _in_range(value: float) -> float:
    """Between 0 and 1; what is not a number is most uncertain."""
    return 1.0 if math.isnan(value) else min(max(value, 0.0), 1.0)
