"""What a head that finds objects said about every image; and an observation for every head."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Int
from numpy import ndarray
from torch import Tensor

from ..detection.detection_metric import MOST_NAMED, THRESHOLDS
from ..detection.matching import match_objects
from ..heads._classification import ClassificationHead
from ..heads._detection.detection_head import DetectionHead
from ..heads._head import Head
from ..heads._regression import RegressionHead
from ..heads.mask import MaskHead
from ..heads.semantic import SemanticHead
from ..structures.object_rows import ObjectRows
from .estimation.statistics import (
    AveragePrecisionStatistic,
    FoundOfClass,
    RatioStatistic,
    Statistic,
)
from .observation import (
    ClassObservation,
    Observation,
    OtherObservation,
    SemanticObservation,
    ShapeObservation,
    class_counts,
)


class DetectionObservation(Observation):
    """Of a head that finds every object."""

    def __init__(self, head: DetectionHead, count: int):
        super().__init__(head, count)
        self.names = head.names
        self.there = np.zeros((count, len(head.names)), np.int32)
        self.told = np.zeros((count, len(head.names)), np.int32)
        self._parts: list[tuple[ndarray, ...]] = []

    def observe(self, here: Int[ndarray, " some"], output: Tensor, target: Tensor) -> None:
        """Match what was found with the truth, and count both."""
        assert isinstance(self.head, DetectionHead)
        found, truth = self.head.detect(output), ObjectRows.from_tensor(target)
        levels = torch.tensor(THRESHOLDS, device=output.device)
        matches = match_objects(found, truth, self.head.geometry, levels)
        sure = self.head.is_sure(found) & ~matches.ignored[..., 0]
        classes = len(self.names)
        self.there[here] = class_counts(truth.classes, truth.to_find, classes)
        self.told[here] = class_counts(found.classes, sure, classes)
        image, place = (each.cpu().numpy() for each in found.present.nonzero(as_tuple=True))
        columns = (found.classes, found.scores, matches.right, matches.ignored)
        values = (column.cpu().numpy()[image, place] for column in columns)
        self._parts.append((here[image], *values))

    def found(self) -> dict[str, FoundOfClass]:
        """What was found of each class that there is, by its name."""
        if not self._parts:
            return {}
        image, classes, scores, right, ignored = map(np.concatenate, zip(*self._parts))
        told = {}
        for number, name in enumerate(self.names):
            if (there := self.there[:, number]).any():
                own = classes == number
                rows = image[own], scores[own], right[own], ignored[own]
                told[name] = FoundOfClass(*rows, there)
        return told

    def statistics(self) -> dict[str, Statistic]:
        """Average precision and the error of counts; of few classes each on its own too."""
        told: dict[str, Statistic] = super().statistics()
        found, half = self.found(), {}
        for name, one in found.items():
            rows = one.image, one.scores, one.right[:, :1], one.ignored[:, :1]
            half[name] = FoundOfClass(*rows, one.there)
        wrong = abs(self.told - self.there).astype(float)
        there = self.there.astype(float)
        told["ap50"] = AveragePrecisionStatistic([*half.values()])
        told["ap50_95"] = AveragePrecisionStatistic([*found.values()])
        told["counting_error"] = RatioStatistic(wrong.sum(1), there.sum(1))
        if 1 < len(self.names) <= MOST_NAMED:
            for number, name in enumerate(self.names):
                if name in half:
                    told[f"ap50:{name}"] = AveragePrecisionStatistic([half[name]])
                    told[f"counting_error:{name}"] = RatioStatistic(
                        wrong[:, number], there[:, number]
                    )
        return told


def observe_heads(heads: Mapping[str, Head], count: int) -> dict[str, Observation]:
    """An empty observation of each head, of its kind.

    Parameters:
        heads: of a model, by name.
        count: of images.
    """
    return {name: _observation(head, count) for name, head in heads.items()}


def _observation(head: Head, count: int) -> Observation:
    match head:
        case ClassificationHead():
            return ClassObservation(head, count)
        case RegressionHead() | MaskHead():
            return ShapeObservation(head, count)
        case SemanticHead():
            return SemanticObservation(head, count)
        case DetectionHead():
            return DetectionObservation(head, count)
    return OtherObservation(head, count)
