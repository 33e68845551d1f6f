"""Figures as functions of how often each image counts: so images can be drawn anew at no cost."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from ...detection.average_precision import RECALLS

ROUNDS = 1000
NUMBERS = 2**22  # weights, or cells of a curve, computed at a time

Weights = Float[ndarray, "rounds images"]
"""How often each image counts in each round."""


class Statistic(ABC):
    """A figure as a function of how often each image counts."""

    rounds: int = ROUNDS
    """Of a bootstrap; fewer where a round takes long."""

    @abstractmethod
    def values(self, weights: Weights) -> Float[ndarray, " rounds"]:
        """The figure of each round; NaN where nothing can be said."""


@dataclass(frozen=True, eq=False)
class MeanStatistic(Statistic):
    """The mean over images.

    Parameters:
        per_image: the value of each image; NaN of those that do not count.
    """

    per_image: Float[ndarray, " images"]

    def values(self, weights: Weights) -> Float[ndarray, " rounds"]:
        """The weighted mean of the known values."""
        known = np.isfinite(self.per_image)
        return _ratio(weights @ np.where(known, self.per_image, 0), weights @ known)


@dataclass(frozen=True, eq=False)
class RatioStatistic(Statistic):
    """A sum over images divided by another, such as pixels pooled over all images.

    Parameters:
        numerator: what each image adds above the line.
        denominator: what it adds below.
    """

    numerator: Float[ndarray, " images"]
    denominator: Float[ndarray, " images"]

    def values(self, weights: Weights) -> Float[ndarray, " rounds"]:
        """The ratio of the weighted sums."""
        return _ratio(weights @ self.numerator, weights @ self.denominator)


@dataclass(frozen=True, eq=False)
class ClassMeanStatistic(Statistic):
    """The mean over classes of ratios that are each pooled over all images, such as mean IoU.

    Parameters:
        numerators: what each image adds above the line, by class.
        denominators: what it adds below; a class counts where there is anything.
    """

    numerators: Float[ndarray, "images classes"]
    denominators: Float[ndarray, "images classes"]

    def values(self, weights: Weights) -> Float[ndarray, " rounds"]:
        """The mean of the ratios of the classes that there are."""
        ratios = _ratio(weights @ self.numerators, weights @ self.denominators)
        known = np.isfinite(ratios)
        return _ratio(np.where(known, ratios, 0).sum(1), known.sum(1).astype(float))


@dataclass(frozen=True, eq=False)
class FoundOfClass:
    """All objects of one class that were found, and how many there are.

    Parameters:
        image: in which image each was found.
        scores: how sure the head is.
        right: whether each is right, at each overlap that is demanded.
        ignored: whether each is neither right nor wrong.
        there: how many objects each image has.
    """

    image: Int[ndarray, " found"]
    scores: Float[ndarray, " found"]
    right: Bool[ndarray, "found thresholds"]
    ignored: Bool[ndarray, "found thresholds"]
    there: Int[ndarray, " images"]


@dataclass(frozen=True, eq=False)
class AveragePrecisionStatistic(Statistic):
    """Average precision, mean over classes and over overlaps that are demanded.

    Parameters:
        classes: what was found of each.
        rounds: of a bootstrap.
    """

    classes: Sequence[FoundOfClass]
    rounds: int = 200

    def values(self, weights: Weights) -> Float[ndarray, " rounds"]:
        """As `average_precision`, where an object counts as often as its image."""
        columns = [
            _average_precision(one, weights, level)
            for one in self.classes
            for level in range(one.right.shape[1])
        ]
        table = np.stack(columns, 1) if columns else np.full((len(weights), 1), np.nan)
        known = np.isfinite(table)
        return _ratio(np.where(known, table, 0).sum(1), known.sum(1).astype(float))


def _average_precision(
    found: FoundOfClass, weights: Weights, level: int
) -> Float[ndarray, " rounds"]:
    order = np.argsort(-found.scores, kind="stable")
    right, ignored = found.right[order, level], found.ignored[order, level]
    parts = []
    for some in np.array_split(weights, math.ceil(weights.shape[0] * (len(order) + 1) / NUMBERS)):
        times = torch.from_numpy(np.ascontiguousarray(some[:, found.image[order]]))
        hits = (times * torch.from_numpy(right)).cumsum(1)
        told = hits + (times * torch.from_numpy(~right & ~ignored)).cumsum(1)
        there = torch.from_numpy(some @ found.there.astype(some.dtype))
        recall = hits / there.clamp(min=1e-12)[:, None]
        precision = hits / told.clamp(min=1)
        best = precision.flip(1).cummax(1).values.flip(1) if len(order) else precision
        nothing = torch.zeros(len(some), 1, dtype=best.dtype)
        levels = torch.linspace(0, 1, RECALLS, dtype=recall.dtype).expand(len(some), -1)
        place = torch.searchsorted(recall.contiguous(), levels.contiguous())
        area = torch.cat([best, nothing], 1).gather(1, place).mean(1)
        parts.append(torch.where(there > 0, area, torch.nan).numpy())
    return np.concatenate(parts)


def _ratio(above: ndarray, below: ndarray) -> ndarray:
    above = np.asarray(above, np.float64)
    return np.divide(above, below, where=below > 0, out=np.full(above.shape, np.nan))
