"""Error rates of groups of people at one threshold, with intervals, and how much they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from ..embeddings import euclidean_distances
from .bootstrap import QUANTILES, ROUNDS, bootstrap_counts, wilson
from .roc import MIN_ERRORS

MIN_PAIRS = 30  # with fewer, not even a rate of 10 % can be told from 0 (rule of three)
MIN_PEOPLE = 5  # with pairs: a bootstrap over fewer says nothing
AT_A_TIME = 1024  # photos compared with all others at once

Counts = Float64[np.ndarray, "people others"]
Draws = Int64[np.ndarray, "rounds people"]


@dataclass(frozen=True)
class ErrorRate:
    """A share of pairs, and how sure it is.

    Parameters:
        errors: pairs told wrongly.
        pairs: all of them.
        low: lower end of the 95 % interval: the wider of a bootstrap over people and Wilson's.
        high: its upper end.
        enough: whether there are enough pairs, and people they are of, to speak of a rate.
    """

    errors: int
    pairs: int
    low: float
    high: float
    enough: bool

    @property
    def rate(self) -> float | None:
        """Errors by pairs; None where there are too few."""
        return self.errors / self.pairs if self.enough else None

    def to_dict(self) -> dict[str, Any]:
        """As evaluation.json holds it; rate and interval are null where there are too few pairs."""
        low, high = (self.low, self.high) if self.enough else (None, None)
        ends = {"rate": self.rate, "low": low, "high": high}
        return {**ends, "errors": self.errors, "pairs": self.pairs}


@dataclass(frozen=True)
class GroupErrors:
    """The errors of one group.

    Parameters:
        group: its name.
        people: how many are in it.
        photos: theirs.
        without_face: photos of these that have no usable face; they count as errors.
        fnmr: false non-match rate: pairs of one person that are not accepted.
        fmr: false match rate: pairs of two people of the group that are accepted.
    """

    group: str
    people: int
    photos: int
    without_face: int
    fnmr: ErrorRate
    fmr: ErrorRate

    @property
    def accuracy(self) -> float | None:
        """1 − (FNMR + FMR) / 2, so that both kinds of pairs weigh the same."""
        fnmr, fmr = self.fnmr.rate, self.fmr.rate
        return None if fnmr is None or fmr is None else 1 - (fnmr + fmr) / 2

    def to_dict(self) -> dict[str, Any]:
        """As evaluation.json holds it."""
        rates = {"fnmr": self.fnmr.to_dict(), "fmr": self.fmr.to_dict()}
        return {**vars(self), "accuracy": self.accuracy, **rates}


@dataclass(frozen=True)
class GroupComparison:
    """Groups side by side at one threshold, as ISO/IEC 19795-10 asks for.

    Parameters:
        threshold: the distance at which errors are counted.
        groups: by name.
        across: FMR of pairs of one person of the first and one of the second group, by both names
            in order.
    """

    threshold: float
    groups: tuple[GroupErrors, ...]
    across: dict[tuple[str, str], ErrorRate]

    def ratio(self, kind: str) -> float | None:
        """The worst group's rate by the best one's; None where fewer than two groups have enough
        pairs, or the best has no error.

        Parameters:
            kind: "fnmr" or "fmr".
        """
        rates = [rate for each in self.groups if (rate := getattr(each, kind).rate) is not None]
        return max(rates) / min(rates) if len(rates) > 1 and min(rates) > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """As evaluation.json holds it."""
        across = [
            {"first": first, "second": second, **rate.to_dict()}
            for (first, second), rate in self.across.items()
        ]
        return {
            "threshold": self.threshold,
            "groups": [each.to_dict() for each in self.groups],
            "fmr_across": across,
            "fnmr_worst_by_best": self.ratio("fnmr"),
            "fmr_worst_by_best": self.ratio("fmr"),
        }


def compare_groups(
    vectors: Float32[np.ndarray, "photos size"],
    people: Sequence[str],
    groups: Sequence[str],
    threshold: float,
    *,
    far: float | None = None,
    seed: int = 0,
    rounds: int = ROUNDS,
) -> GroupComparison:
    """Error rates by group, over all pairs of photos, at one threshold for all.

    A photo without a face counts as an error of each of its pairs. Pairs of one person err
    together, so intervals come from a bootstrap over people (Bolle et al. 2004).

    Parameters:
        vectors: of unit length, a row for each photo, NaN where there is no face.
        people: who is on each photo.
        groups: the group of each photo, "" for one that is left out.
        threshold: pairs at most so far apart are accepted.
        far: the false accept rate the threshold was made for: where three errors could not be
            expected of a group's pairs, it has not enough. By default 30 pairs are enough; they
            must be of 5 people at least.
        seed: of the bootstrap.
        rounds: of the bootstrap.
    """
    names = sorted({group for group in groups if group})
    labels = np.unique(np.array(people, np.str_), return_inverse=True)[1].reshape(-1)
    of_group = {name: _Members(vectors, labels, np.array(groups) == name) for name in names}
    draws = bootstrap_counts(int(labels.max()) + 1, rounds, seed)
    needed = max(MIN_PAIRS, MIN_ERRORS / far if far else 0.0)
    errors, across = [], {}
    for place, name in enumerate(names):
        ours = of_group[name]
        for other in names[place:]:
            theirs = of_group[other]
            accepted, pairs = ours.accepted(theirs, threshold)
            mine = draws[:, ours.people], draws[:, theirs.people]
            if other != name:
                impostor = ours.people[:, None] != theirs.people
                across[(name, other)] = _rate(accepted * impostor, pairs * impostor, mine, needed)
                continue
            apart = 1 - np.eye(len(pairs))
            fmr = _rate(accepted * apart / 2, pairs * apart / 2, mine, needed)
            fnmr = _genuine_rate(ours, np.diag(accepted), mine[0])
            counts = len(ours.people), len(ours.vectors), int(ours.faceless.sum())
            errors.append(GroupErrors(name, *counts, fnmr, fmr))
    return GroupComparison(threshold, tuple(errors), across)


class _Members:
    """The photos of a group, sorted by person."""

    def __init__(
        self,
        vectors: Float32[np.ndarray, "photos size"],
        labels: Int64[np.ndarray, " photos"],
        inside: Bool[np.ndarray, " photos"],
    ):
        rows = np.flatnonzero(inside)
        rows = rows[np.argsort(labels[rows], kind="stable")]
        self.people, self.starts, self.counts = np.unique(
            labels[rows], return_index=True, return_counts=True
        )
        self.vectors = vectors[rows]
        self.faceless = np.isnan(self.vectors[:, 0])

    def accepted(self, other: "_Members", threshold: float) -> tuple[Counts, Counts]:
        """How many pairs of photos of each person with each of the other group are accepted, and
        how many there are. Pairs with a photo without a face count as accepted."""
        parts = [
            np.add.reduceat(near.astype(np.float64), other.starts, axis=1)
            for near in self._near(other, threshold)
        ]
        accepted = np.add.reduceat(np.concatenate(parts), self.starts, axis=0)
        return accepted, np.outer(self.counts, other.counts).astype(np.float64)

    def _near(self, other: "_Members", threshold: float) -> Iterator[Bool[np.ndarray, "some all"]]:
        ours, theirs = np.nan_to_num(self.vectors), np.nan_to_num(other.vectors)
        for start in range(0, len(ours), AT_A_TIME):
            part = slice(start, start + AT_A_TIME)
            near = euclidean_distances(ours[part], theirs) <= threshold
            yield near | self.faceless[part, None] | other.faceless


def _genuine_rate(
    ours: _Members, accepted: Float64[np.ndarray, " people"], draws: Draws
) -> ErrorRate:
    """Of pairs of one person, by what `accepted` says of each person with the same: there each pair
    is counted twice, each photo with itself too, and a photo without a face is near to all."""
    counts = ours.counts
    with_face = counts - np.add.reduceat(ours.faceless.astype(np.int64), ours.starts)
    pairs = counts * (counts - 1) / 2
    near = (accepted - (counts**2 - with_face**2) - with_face) / 2
    missed = pairs - near
    drawn = draws @ missed, draws @ pairs
    needed = MIN_PAIRS if np.count_nonzero(pairs) >= MIN_PEOPLE else np.inf
    return _with_interval(float(missed.sum()), float(pairs.sum()), drawn, needed)


def _rate(
    wrong: Counts,
    pairs: Counts,
    draws: tuple[Draws, Int64[np.ndarray, "rounds others"]],
    needed: float,
) -> ErrorRate:
    """Of pairs of two people: drawn m and n times, they bring each pair m·n times."""
    ours, theirs = (each.astype(np.float64) for each in draws)
    drawn = tuple(((ours @ matrix) * theirs).sum(1) for matrix in (wrong, pairs))
    if min(ours.shape[1], theirs.shape[1]) < MIN_PEOPLE:
        needed = np.inf
    return _with_interval(float(wrong.sum()), float(pairs.sum()), drawn, needed)


def _with_interval(
    errors: float,
    pairs: float,
    drawn: tuple[Float64[np.ndarray, " rounds"], ...],
    needed: float,
) -> ErrorRate:
    if pairs < 1:
        return ErrorRate(0, 0, 0.0, 1.0, False)
    shares = np.divide(*drawn, where=drawn[1] > 0, out=np.full(len(drawn[0]), np.nan))
    low, high = np.nanquantile(shares, QUANTILES) if (drawn[1] > 0).any() else (0.0, 1.0)
    lower, upper = wilson(round(errors), round(pairs))
    ends = min(float(low), lower), max(float(high), upper)
    return ErrorRate(round(errors), round(pairs), *ends, pairs >= needed - 1e-9)
