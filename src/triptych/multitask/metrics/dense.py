"""Metrics of class maps: a class for every pixel."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torchmetrics import Metric

from .per_image import PerImageMetric


class PixelIoU(PerImageMetric):
    """Jaccard index of semantic maps, over all classes and pixels at once (micro): class scores
    against class numbers per pixel.

    With right and wrong pixels counted over all images it is right / (right + 2 · wrong). The
    values per image are the shares of right pixels.
    """

    right: Tensor
    counted: Tensor

    def __init__(self, **kwargs: Any):
        """
        Parameters:
            kwargs: those of `torchmetrics.Metric`.
        """
        super().__init__(**kwargs)
        for name in ("right", "counted"):
            self.add_state(name, torch.zeros((), dtype=torch.long), dist_reduce_fx="sum")

    definition = "one-hot masks of all classes and pixels pooled: Σ|P∧T| / Σ|P∨T| (micro)"

    def per_image(
        self,
        output: Float[Tensor, "batch classes height width"],
        target: Int[Tensor, "batch height width"],
    ) -> Float[Tensor, " batch"]:
        """The share of right ones among the pixels that count; those of class −1 do not."""
        right, counted = _right_pixels(output, target)
        return right / counted.clamp(min=1)

    def update(self, output: Tensor, target: Tensor) -> None:
        """Add the pixels of a batch."""
        super().update(output, target)
        right, counted = _right_pixels(output, target)
        self.right += right.sum()
        self.counted += counted.sum()

    def compute(self) -> Float[Tensor, ""]:
        """The index over the pixels of all images; nan without any."""
        right = self.right.double() / self.counted
        return (right / (2 - right)).float()


def _right_pixels(
    output: Float[Tensor, "batch classes height width"], target: Int[Tensor, "batch height width"]
) -> tuple[Int[Tensor, " batch"], Int[Tensor, " batch"]]:
    """How many pixels of each image have the right class, and how many count."""
    right = output.argmax(1) == target
    return right.flatten(1).sum(1), (target >= 0).flatten(1).sum(1)


class MeanIoU(Metric):
    """Jaccard index of semantic maps, mean over classes (macro): class scores against class
    numbers per pixel."""

    definition = "mean over classes of |P∧T| / |P∨T|, each pooled over all images (macro)"
    is_differentiable = False
    higher_is_better = True
    full_state_update = False
    confusion: Tensor

    def __init__(self, classes: int, **kwargs: Any):
        """
        Parameters:
            classes: how many there are, the background among them.
            kwargs: those of `torchmetrics.Metric`.
        """
        super().__init__(**kwargs)
        zeros = torch.zeros(classes, classes, dtype=torch.long)
        self.add_state("confusion", zeros, dist_reduce_fx="sum")

    def update(
        self,
        output: Float[Tensor, "batch classes height width"],
        target: Int[Tensor, "batch height width"],
    ) -> None:
        """Count the pairs of true and predicted class of a batch's pixels."""
        classes = len(self.confusion)
        counts = target >= 0
        pairs = target[counts] * classes + output.argmax(1)[counts]
        self.confusion += pairs.bincount(minlength=classes**2).view(classes, classes)

    def compute(self) -> Float[Tensor, ""]:
        """The mean; classes that neither appear nor are predicted do not count."""
        right = self.confusion.diag()
        union = self.confusion.sum(0) + self.confusion.sum(1) - right
        return (right[union > 0] / union[union > 0]).mean()
