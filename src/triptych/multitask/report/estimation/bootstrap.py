"""Intervals of figures by a bootstrap over images, or over groups of them."""

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from .statistics import NUMBERS, MeanStatistic, Statistic, Weights

QUANTILES = (0.025, 0.975)  # between which a 95 % interval lies
K = TypeVar("K", bound=Hashable)
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

    def draw(self, statistics: Mapping[K, Statistic]) -> dict[K, Float[ndarray, " rounds"]]:
        """The figures of every round, by name, all of the same images.

        Parameters:
            statistics: by name, of as many images as there are.
        """
        parts: dict[K, list[ndarray]] = {name: [] for name in statistics}
        rounds, done = max((one.rounds for one in statistics.values()), default=0), 0
        for weights in self.weights(rounds):
            for name, one in statistics.items():
                if left := max(one.rounds - done, 0):
                    parts[name].append(one.values(weights[:left]))
            done += len(weights)
        return {name: np.concatenate(values) for name, values in parts.items()}

    def estimates(self, statistics: Mapping[str, Statistic]) -> dict[str, Estimate]:
        """Figures and their percentile intervals (Efron 1979; Efron & Tibshirani 1993, chapter 13).

        Of a share of images it is the wider of that and of Wilson's interval (1927), which does not
        shrink to nothing where all are right; there groups count as one trial each.

        Parameters:
            statistics: by name, of as many images as there are.
        """
        drawn = self.draw(statistics)
        return {name: self._estimate(one, drawn[name]) for name, one in statistics.items()}

    def _estimate(self, statistic: Statistic, drawn: Float[ndarray, " rounds"]) -> Estimate:
        value = self.value(statistic)
        low, high = _percentiles(drawn)
        if isinstance(statistic, MeanStatistic):
            known = np.isfinite(statistic.per_image)
            if known.any() and np.isin(statistic.per_image[known], (0, 1)).all():
                lower, upper = wilson_interval(value, len(np.unique(self.groups[known])))
                low, high = min(low, lower), max(high, upper)
        return Estimate(value, low, high)

    def value(self, statistic: Statistic) -> float:
        """A figure of all images as they are.

        Parameters:
            statistic: of as many images as there are.
        """
        return float(statistic.values(np.ones((1, len(self.groups))))[0])

    def differences(
        self, first: Mapping[str, Statistic], second: Mapping[str, Statistic]
    ) -> dict[str, Estimate]:
        """By how much each second figure is above the first, on the same images in every round: the
        paired bootstrap (Efron & Tibshirani 1993).

        Parameters:
            first: by name, of as many images as there are.
            second: the same figures of another run; what only one of them has is left out.
        """
        names = [name for name in first if name in second]
        pairs = {
            (name, side): one[name] for name in names for side, one in enumerate([first, second])
        }
        drawn = self.draw(pairs)
        told = {}
        for name in names:
            before, after = drawn[name, 0], drawn[name, 1]
            rounds = min(len(before), len(after))  # the first rounds of both are the same draws
            value = self.value(second[name]) - self.value(first[name])
            told[name] = Estimate(value, *_percentiles(after[:rounds] - before[:rounds]))
        return told


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
