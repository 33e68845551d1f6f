"""What each head said about every image, beside the truth, as arrays."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor
from torchmetrics import Metric

from ..heads._classification import ClassificationHead
from ..heads._head import Head
from ..heads._regression import RegressionHead
from ..heads.mask import MaskHead
from ..heads.semantic import SemanticHead
from ..image_scores import head_scores, is_main_metric
from ..metrics import MeanIoU, PerImageMetric, PixelIoU, SeveralValues
from ..structures.batch import Target
from .estimation.reliability import Reliability, reliability, softmax
from .estimation.statistics import (
    ClassMeanStatistic,
    MeanStatistic,
    RatioStatistic,
    Statistic,
)

MOST_CELLS = 2**25  # of tables with a cell for each image and class
Rows = Float[ndarray, "images ..."]


class Observation(ABC):
    """The outputs and targets of one head, image by image; rows of images without the target are
    NaN, and class numbers −1."""

    def __init__(self, head: Head, count: int):
        """
        Parameters:
            head: of a model.
            count: of images.
        """
        self.head, self.count = head, count
        self.present = np.zeros(count, bool)
        self.metrics: Mapping[str, Metric] = {}
        self.per_image: dict[str, Float[ndarray, " images"]] = {}
        self.score = np.full(count, np.nan)
        self.score_is_metric = is_main_metric(head)
        self.sizes: Float[ndarray, " images"] | None = None

    def add(self, rows: slice, output: Tensor, target: Target) -> None:
        """Add the images of a batch.

        Parameters:
            rows: which of the images they are.
            output: of the head, float32.
            target: what it should be.
        """
        here = np.arange(rows.start, rows.stop)
        if target.present is not None:
            here = here[target.present.cpu().numpy()]
        known = target.select(output, target.values)
        if len(here):
            self.present[here] = True
            if not self.score_is_metric:
                self.score[here] = head_scores(self.head, *known).cpu().numpy()
            self.observe(here, *known)

    def add_metrics(self, metrics: Mapping[str, Metric]) -> None:
        """Take the value of each image from the head's metrics.

        Parameters:
            metrics: by name, updated with the same images in the same order.
        """
        self.metrics = metrics
        for name, metric in metrics.items():
            if isinstance(metric, PerImageMetric):
                self.per_image[name] = np.full(self.count, np.nan)
                self.per_image[name][self.present] = metric.values.cpu().numpy()
        if self.score_is_metric:
            self.score = next(iter(self.per_image.values()))

    @abstractmethod
    def observe(self, here: Int[ndarray, " some"], output: Tensor, target: Tensor) -> None:
        """Keep what this kind of head is reported by.

        Parameters:
            here: the numbers of the images, which all have the target.
            output: of the head.
            target: what it should be.
        """

    def statistics(self) -> dict[str, Statistic]:
        """The figures of the head that can be computed from what was kept, by metric."""
        return {
            name: MeanStatistic(values)
            for name, values in self.per_image.items()
            if not isinstance(self.metrics[name], PixelIoU | SeveralValues)
        }


class OtherObservation(Observation):
    """Of a head of another kind: its values an image alone."""

    def observe(self, here: Int[ndarray, " some"], output: Tensor, target: Tensor) -> None:
        """Keep nothing more."""


class ClassObservation(Observation):
    """Of a head that chooses a class."""

    def __init__(self, head: ClassificationHead, count: int):
        super().__init__(head, count)
        self.names = head.names
        self.temperature = float(head.temperature)
        self.logits = np.full((count, len(head.names)), np.nan, np.float32)
        self.truth = np.full(count, -1)

    def observe(self, here: Int[ndarray, " some"], output: Tensor, target: Tensor) -> None:
        """Keep logits and class numbers."""
        self.logits[here] = output.cpu().numpy()
        self.truth[here] = target.cpu().numpy()

    @property
    def answers(self) -> Int[ndarray, " images"]:
        """The class each image is said to have; −1 of images that were not asked about."""
        best = np.where(self.present[:, None], self.logits, -np.inf).argmax(1)
        return np.where(self.present, best, -1)

    @cached_property
    def reliabilities(self) -> tuple[Reliability, Reliability]:
        """Before and after the probabilities were calibrated, once all images are added."""
        logits, truth = self.logits[self.present], self.truth[self.present]
        before, after = (softmax(logits, value) for value in (1.0, self.temperature))
        return reliability(before, truth), reliability(after, truth)

    def confusion(self) -> Int[ndarray, "truth answer"]:
        """How many images of each class are taken for each."""
        size = len(self.names)
        pairs = self.truth[self.present] * size + self.answers[self.present]
        return np.bincount(pairs, minlength=size * size).reshape(size, size)


class ShapeObservation(Observation):
    """Of a head that gives one shape, or one mask: how large it is, and where."""

    def __init__(self, head: RegressionHead | MaskHead, count: int):
        super().__init__(head, count)
        self.sizes = np.full(count, np.nan)
        self.outputs: Rows | None = None
        self.targets: Rows | None = None

    def observe(self, here: Int[ndarray, " some"], output: Tensor, target: Tensor) -> None:
        """Keep the numbers of shapes, or the areas of masks, and the sizes of what is true."""
        assert self.sizes is not None
        if isinstance(self.head, MaskHead):
            output, target = (values.flatten(1) > 0 for values in (output, target))
            output, target = (values.sum(1, keepdim=True).float() for values in (output, target))
        rows, truth = output.cpu().numpy(), target.float().cpu().numpy()
        if self.outputs is None or self.targets is None:
            self.outputs = np.full((self.count, rows.shape[1]), np.nan, np.float32)
            self.targets = self.outputs.copy()
        self.outputs[here], self.targets[here] = rows, truth
        self.sizes[here] = _sizes(truth)


class SemanticObservation(Observation):
    """Of a head that gives a class for every pixel."""

    def __init__(self, head: SemanticHead, count: int):
        super().__init__(head, count)
        self.names = head.names
        fits = count * len(head.names) <= MOST_CELLS
        self.overlap = np.zeros((2, count if fits else 0, len(head.names)), np.int32)
        self.pixels = np.zeros((2, count))

    def observe(self, here: Int[ndarray, " some"], output: Tensor, target: Tensor) -> None:
        """Count the pixels of each class in intersection and union."""
        best, valid = output.argmax(1).flatten(1), (target >= 0).flatten(1)
        truth = target.flatten(1)
        right = (best == truth) & valid
        self.pixels[:, here] = np.stack([part.sum(1).cpu().numpy() for part in (right, valid)])
        if self.overlap.shape[1]:
            classes = len(self.names)
            shared = class_counts(best, right, classes)
            there, said = (class_counts(which, valid, classes) for which in (truth, best))
            self.overlap[0, here], self.overlap[1, here] = shared, said + there - shared

    def statistics(self) -> dict[str, Statistic]:
        """Pixels pooled over all images, and the mean over classes."""
        told = super().statistics()
        right, counted = self.pixels
        for name, metric in self.metrics.items():
            if isinstance(metric, PixelIoU):
                told[name] = RatioStatistic(right, 2 * counted - right)
            elif isinstance(metric, MeanIoU) and self.overlap.shape[1]:
                told[name] = ClassMeanStatistic(*self.overlap.astype(np.float32))
        return told

    def class_iou(self) -> Float[ndarray, " classes"]:
        """The overlap of each class, pooled over all images; NaN of classes that are nowhere."""
        shared, union = self.overlap.sum(1).astype(float)
        return np.divide(shared, union, where=union > 0, out=np.full(len(union), np.nan))


def _sizes(truth: Rows) -> Float[ndarray, " images"]:
    """The side of a square of as large an area as a box or mask; the diameter of a circle."""
    columns = truth.shape[1]
    if columns == 4:
        return np.sqrt(np.prod(np.maximum(truth[:, 2:] - truth[:, :2], 0), axis=1))
    return 2 * truth[:, 2] if columns == 3 else np.sqrt(truth[:, 0])


def class_counts(
    classes: Int[Tensor, "images things"], counts: Bool[Tensor, "images things"], size: int
) -> Int[ndarray, "images classes"]:
    """How many of the things that count each image has of each class.

    Parameters:
        classes: their class numbers.
        counts: which of them count.
        size: how many classes there are.
    """
    rows = torch.arange(len(classes), device=classes.device)[:, None].expand_as(classes)
    places = (rows * size + classes)[counts]
    return places.bincount(minlength=len(classes) * size).view(-1, size).cpu().numpy()
