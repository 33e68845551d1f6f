"""How good answers are: torchmetrics that keep a value per image and state their own definition."""

from abc import abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from .structures.geometry import box_iou, circle_iou, mask_iou


class PerImage(Metric):
    """A metric that is the mean of one value per image: higher is better, 1 is perfect.

    A metric of your own says what it computes in `definition` and gives `per_image`.
    """

    definition: ClassVar[str]
    is_differentiable = False
    higher_is_better = True
    full_state_update = False
    kept: list[Tensor]

    def __init__(self) -> None:
        super().__init__()
        self.add_state("kept", default=[], dist_reduce_fx="cat")

    @abstractmethod
    def per_image(self, output: Tensor, target: Tensor) -> Float[Tensor, " batch"]:
        """The value of each image, from the head's output and what it should have been."""

    def update(self, output: Tensor, target: Tensor) -> None:
        self.kept.append(self.per_image(output, target).detach().float())

    def compute(self) -> Tensor:
        return self.values.mean()

    @property
    def values(self) -> Float[Tensor, " images"]:
        """The value of every image seen, in the order it was seen."""
        return dim_zero_cat(self.kept) if len(self.kept) else torch.zeros(0)

    def worst(self, count: int) -> Int[Tensor, " count"]:
        """Which images have the lowest values, worst first, as places in `values`."""
        return self.values.argsort(stable=True)[:count]


class Accuracy(PerImage):
    """Of class scores (batch, classes) against class numbers (batch)."""

    definition = "share of images whose most probable class is right"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return (output.argmax(1) == target).float()


class BoxIou(PerImage):
    """Of boxes (batch, 4) against boxes."""

    definition = "mean over images of intersection over union of the two boxes' areas"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return box_iou(output, target)


class CircleIou(PerImage):
    """Of circles (batch, 3) against circles."""

    definition = "mean over images of intersection over union of the two circles' exact areas"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return circle_iou(output, target)


class Jaccard(PerImage):
    """Of mask logits (batch, height, width) against masks."""

    definition = "mean over images of |P∧T| / |P∨T|; a pixel is in P where its probability > 0.5"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return mask_iou(output > 0, target)


class SemanticJaccard(PerImage):
    """Of class scores (batch, classes, height, width) against class numbers per pixel.

    All one-hot masks and pixels are pooled, so with right and wrong pixels counted over all
    images it is right / (right + 2 · wrong); each image's own share is kept for the worst list.
    """

    definition = "one-hot masks of all classes and pixels pooled: Σ|P∧T| / Σ|P∨T| (micro)"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return (output.argmax(1) == target).flatten(1).float().mean(1)

    def compute(self) -> Tensor:
        right = self.values.double().mean()  # every image has as many pixels
        return (right / (2 - right)).float()


class MeanIou(Metric):
    """Of class scores (batch, classes, height, width) against class numbers per pixel."""

    definition = "mean over classes of |P∧T| / |P∨T|, each pooled over all images (macro)"
    is_differentiable = False
    higher_is_better = True
    full_state_update = False
    confusion: Tensor

    def __init__(self, classes: int):
        super().__init__()
        zeros = torch.zeros(classes, classes, dtype=torch.long)
        self.add_state("confusion", zeros, dist_reduce_fx="sum")

    def update(self, output: Tensor, target: Tensor) -> None:
        classes = len(self.confusion)
        pairs = target.flatten() * classes + output.argmax(1).flatten()
        self.confusion += pairs.bincount(minlength=classes**2).view(classes, classes)

    def compute(self) -> Tensor:
        """Classes that neither appear nor are answered do not count."""
        right = self.confusion.diag()
        union = self.confusion.sum(0) + self.confusion.sum(1) - right
        return (right[union > 0] / union[union > 0]).mean()


class WhenRight:
    """A per-image metric counted 0 where the class is wrong: the course projects' joint figure."""

    def __init__(self, metric: PerImage, accuracy: Accuracy):
        self.metric, self.accuracy = metric, accuracy
        self.definition = f"{metric.definition}, counted 0 where the class is wrong"

    def compute(self) -> Tensor:
        return (self.metric.values * self.accuracy.values).mean()
