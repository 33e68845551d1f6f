"""What the heads share whose output is a shape: a few numbers in pixels."""

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...backbones._backbone import FeatureInfo
from ...frame.storage.model_files import accept_missing
from ..answers.answer import Answer, ImageFrame
from ..calibration.conformal import SIDES, IntervalGeometry, conformal_margin
from ..calibration.shape_interval import CONFIDENCE, ShapeInterval
from ..structures.annotations import Annotation, BoundingBox, Circle
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._head import Head

if TYPE_CHECKING:
    from torchmetrics import Metric

    from ..metrics import PerImageMetric


SMOOTH_L1_BETA = 0.02  # image sides: below this distance the loss is quadratic
SMOOTH_L1_WEIGHT = 5


class RegressionHead(Head):
    """The numbers of one shape an image, learned by distance and by overlap.

    Subclasses set `image_size`, the longer side of the image in pixels.
    """

    annotation_class: ClassVar[Callable[..., BoundingBox | Circle]]
    """What its numbers are, in their order: `BoundingBox` for left, top, right, bottom."""

    intervals: ClassVar[IntervalGeometry]
    """How such shapes grow and shrink."""

    margins: Float[Tensor, " sides"]
    """How far the outer and the inner shape are from the predicted one, in its sizes; infinite
    until they are fitted, and where there were too few images for it."""

    image_size: int

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.register_buffer("margins", torch.full((len(SIDES),), torch.inf))
        accept_missing(self, ["margins"])

    @staticmethod
    @abstractmethod
    def overlap_metric() -> "PerImageMetric":
        """A new metric: the mean intersection over union of such shapes."""

    @staticmethod
    @abstractmethod
    def iou(
        first: Float[Tensor, "batch numbers"], second: Float[Tensor, "batch numbers"]
    ) -> Float[Tensor, " batch"]:
        """Intersection over union of each pair of shapes, differentiable.

        Parameters:
            first: predicted shapes, in pixels.
            second: shapes of the ground truth, in pixels.
        """

    def target(self, batch: Batch) -> Float[Tensor, "batch numbers"]:
        """The numbers of the true shapes, in pixels."""
        return batch[self.target_name]

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Smooth L1 in units of the image's side, which attracts from afar, and 1 − IoU, which is
        what is measured (after UnitBox, Yu et al. 2016, there −log IoU)."""
        distance = F.smooth_l1_loss(
            output / self.image_size, target / self.image_size, beta=SMOOTH_L1_BETA
        )
        return SMOOTH_L1_WEIGHT * distance + (1 - self.iou(output, target)).mean()

    def metrics(self) -> dict[str, "Metric"]:
        """Intersection over union."""
        return {"iou": self.overlap_metric()}

    def calibration_metrics(self) -> dict[str, "Metric"]:
        """The share of images in which the outer shape and the inner one hold."""
        from ..calibration.coverage import Coverage

        return {
            f"{name}_coverage": Coverage(self.intervals, margin, side)
            for side, (name, margin) in enumerate(zip(SIDES, self.margins.tolist()))
            if math.isfinite(margin)
        }

    def decision_evidence(self, output: Tensor, target: Tensor) -> Float[Tensor, "batch sides"]:
        """How far each predicted shape had to grow and to shrink."""
        return self.intervals.excess(output, target).cpu()

    def fit_decision(self, evidence: Sequence[Float[Tensor, "batch sides"]]) -> None:
        """Choose the margins by split conformal prediction."""
        both = torch.cat([*evidence]).unbind(1)
        fitted = [conformal_margin(scores, CONFIDENCE) for scores in both]
        self.margins.copy_(torch.tensor(fitted))

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The true shape of each image."""
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Annotation]:
        """The shape of each image."""
        return [self.annotation_class(*numbers) for numbers in output.float().tolist()]

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        """The numbers of the shape."""
        if self.annotation_class is BoundingBox:
            return Answer.of("box", frame.boxes(output))
        return Answer.of("circle", frame.circles(output))

    def answered_output(self, parts: Mapping[str, Tensor]) -> Float[Tensor, "batch numbers"]:
        """The numbers as they are."""
        return parts[""]

    def decode_intervals(self, output: Tensor) -> list[ShapeInterval] | None:
        """The outer and the inner shape of each image; None where they could not be fitted."""
        outer, inner = self.margins.tolist()
        if not (math.isfinite(outer) and math.isfinite(inner)):
            return None
        large = self.intervals.grow(output.float(), outer)
        small = self.intervals.grow(output.float(), -inner)
        empty = self.intervals.is_empty(small).tolist()
        return [
            ShapeInterval(
                self.annotation_class(*most), None if none else self.annotation_class(*least)
            )
            for most, least, none in zip(large.tolist(), small.tolist(), empty)
        ]
