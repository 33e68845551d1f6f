"""Intervals of figures by a bootstrap over images, or over groups of them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from .statistics import NUMBERS, MeanStatistic, Statistic, Weights

QUANTILES = (0.025, 0.975)  # between which a 95 % interval lies
Z = 1.959964  # standard deviations on both sides of the mean that hold 95 %


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval.

    Parameters:
        value: over all images as they are.
        low: lower end; NaN where nothing can be said.
        high: upper end.
    """

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """Its numbers by name, ready for JSON: None for what is not known."""
        return {name: v if math.isfinite(v) else None for name, v in vars(self).items()}


class Resampling:
    """The same draws of images for every figure, so that figures can be compared.

    Where images come in groups (a patient, a video), whole groups are drawn: images of one group
    err together (the cluster bootstrap; Davison & Hinkley 1997, section 3.8).
    """

    def __init__(self, groups: Int[ndarray, " images"], *, seed: int = 0):
        """
        Parameters:
            groups: the number of each image's group, from 0; each its own where there are none.
            seed: what is drawn follows from it.
        """
        self.groups, self.seed = groups, seed
        self.count = int(groups.max()) + 1 if len(groups) else 0

    def weights(self, rounds: int) -> Iterator[Weights]:
        """How often each image counts, some rounds at a time.

        Parameters:
            rounds: of the bootstrap.
        """
        rng = np.random.default_rng([self.seed, self.count])
        each = max(1, NUMBERS // max(len(self.groups), 1))
        for start in range(0, rounds, each):
            size = min(each, rounds - start), self.count
            drawn = rng.integers(self.count, size=size) + self.count * np.arange(size[0])[:, None]
            times = np.bincount(drawn.ravel(), minlength=size[0] * self.count).reshape(size)
            yield times[:, self.groups].astype(np.float32)

    def draw(self, statistic: Statistic) -> Float[ndarray, " rounds"]:
        """The figure of every round.

        Parameters:
            statistic: of as many images as there are.
        """
        return np.concatenate([statistic.values(some) for some in self.weights(statistic.rounds)])

    def estimate(self, statistic: Statistic) -> Estimate:
        """A figure and its percentile interval (Efron 1979; Efron & Tibshirani 1993, chapter 13).

        Of a share of images it is the wider of that and of Wilson's interval (1927), which does not
        shrink to nothing where all are right; there groups count as one trial each.

        Parameters:
            statistic: of as many images as there are.
        """
        ones = np.ones((1, len(self.groups)), np.float64)
        value = float(statistic.values(ones)[0])
        low, high = _percentiles(self.draw(statistic))
        if isinstance(statistic, MeanStatistic):
            known = np.isfinite(statistic.per_image)
            if known.any() and np.isin(statistic.per_image[known], (0, 1)).all():
                lower, upper = wilson_interval(value, len(np.unique(self.groups[known])))
                low, high = min(low, lower), max(high, upper)
        return Estimate(value, low, high)

    def difference(self, first: Statistic, second: Statistic) -> Estimate:
        """By how much the second figure is above the first, on the same images in every round: the
        paired bootstrap (Efron & Tibshirani 1993).

        Parameters:
            first: of as many images as there are.
            second: the same figure of another run.
        """
        ones = np.ones((1, len(self.groups)), np.float64)
        value = float(second.values(ones)[0] - first.values(ones)[0])
        return Estimate(value, *_percentiles(self.draw(second) - self.draw(first)))


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of trials that do not depend on each other.

    Parameters:
        share: 0 … 1.
        count: of trials, above 0.

    >>> [round(end, 3) for end in wilson_interval(1.0, 10)]
    [0.722, 1.0]
    """
    room = Z * Z / count
    reach = Z * math.sqrt(share * (1 - share) / count + room / count / 4)
    low, high = ((share + room / 2 + sign * reach) / (1 + room) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def _percentiles(values: Float[ndarray, " rounds"]) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, QUANTILES) if len(known) else (math.nan, math.nan)
    return float(low), float(high)
