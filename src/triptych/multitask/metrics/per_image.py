"""Metrics of the heads: torchmetrics that keep a value per image and state their definition.

Each is updated with a head's (output, target). Higher is better, 1 is perfect.
"""

from abc import abstractmethod
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float, Int, Int8
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from ..structures.geometry import box_iou, circle_iou, mask_iou


class PerImageMetric(Metric):
    """A metric that is the mean of one value per image.

    A metric of your own states what it computes in `definition` and implements `per_image`.
    """

    definition: ClassVar[str]
    """What it computes, in one line."""

    is_differentiable = False
    higher_is_better = True
    full_state_update = False
    per_image_values: list[Tensor]

    def __init__(self, **kwargs: Any) -> None:
        """
        Parameters:
            kwargs: those of `torchmetrics.Metric`, such as `sync_on_compute`.
        """
        super().__init__(**kwargs)
        self.add_state("per_image_values", default=[], dist_reduce_fx="cat")

    @abstractmethod
    def per_image(self, output: Tensor, target: Tensor) -> Float[Tensor, " batch"]:
        """The value of each image.

        Parameters:
            output: the head's output for a batch.
            target: what the output should have been.
        """

    def update(self, output: Tensor, target: Tensor) -> None:
        """Add the values of a batch."""
        self.per_image_values.append(self.per_image(output, target).detach().float())

    def compute(self) -> Float[Tensor, ""]:
        """The mean over all images; nan without any."""
        return self.values.mean()

    @property
    def values(self) -> Float[Tensor, " images"]:
        """The value of every image, in the order of the updates."""
        if not len(self.per_image_values):
            return torch.zeros(0, device=self.device)
        return dim_zero_cat(self.per_image_values)

    def worst(self, count: int) -> Int[Tensor, " count"]:
        """The indices into `values` of the images with the lowest values, worst first."""
        return self.values.argsort(stable=True)[:count]


class Accuracy(PerImageMetric):
    """Share of right classes: class scores (batch, classes) against class numbers (batch)."""

    definition = "share of images whose most probable class is right"

    def per_image(
        self, output: Float[Tensor, "batch classes"], target: Int[Tensor, " batch"]
    ) -> Float[Tensor, " batch"]:
        """1 where the class is right, else 0."""
        return (output.argmax(1) == target).float()


class BoxIoU(PerImageMetric):
    """Overlap of boxes (left, top, right, bottom)."""

    definition = "mean over images of intersection over union of the two boxes' areas"

    def per_image(
        self, output: Float[Tensor, "batch 4"], target: Float[Tensor, "batch 4"]
    ) -> Float[Tensor, " batch"]:
        """Intersection over union of each pair."""
        return box_iou(output, target)


class CircleIoU(PerImageMetric):
    """Overlap of circles (x, y, radius)."""

    definition = "mean over images of intersection over union of the two circles' exact areas"

    def per_image(
        self, output: Float[Tensor, "batch 3"], target: Float[Tensor, "batch 3"]
    ) -> Float[Tensor, " batch"]:
        """Intersection over union of each pair."""
        return circle_iou(output, target)


class BinaryIoU(PerImageMetric):
    """Jaccard index of masks: logits against true or false per pixel."""

    definition = "mean over images of |P∧T| / |P∨T|; a pixel is in P where its probability > 0.5"

    def per_image(
        self,
        output: Float[Tensor, "batch height width"],
        target: Bool[Tensor, "batch height width"] | Int8[Tensor, "batch height width"],
    ) -> Float[Tensor, " batch"]:
        """Intersection over union of each pair; 1 for two empty masks. Pixels of which the target
        is −1 do not count."""
        return mask_iou((output > 0) & (target >= 0), target > 0)


class ConditionalMetric(Metric):
    """A per-image metric in which images count 0 whose class is wrong: the joint figure of the
    course projects."""

    is_differentiable = False
    higher_is_better = True
    full_state_update = False
    per_image_values: list[Tensor]

    def __init__(self, metric: PerImageMetric, **kwargs: Any):
        """
        Parameters:
            metric: gives the value of each image whose class is right.
            kwargs: those of `torchmetrics.Metric`.
        """
        super().__init__(**kwargs)
        self.metric = metric
        self.definition = f"{metric.definition}, counted 0 where the class is wrong"
        self.add_state("per_image_values", default=[], dist_reduce_fx="cat")

    def update(
        self,
        output: Tensor,
        target: Tensor,
        class_scores: Float[Tensor, "batch classes"],
        classes: Int[Tensor, " batch"],
    ) -> None:
        """Add the values of a batch.

        Parameters:
            output: as the metric takes it, as is `target`.
            target: what the output should have been.
            class_scores: the scores whose highest is the predicted class.
            classes: the right class numbers.
        """
        values = self.metric.per_image(output, target).detach().float()
        self.per_image_values.append(values * (class_scores.argmax(1) == classes).float())

    def compute(self) -> Float[Tensor, ""]:
        """The mean over all images."""
        return dim_zero_cat(self.per_image_values).mean()
