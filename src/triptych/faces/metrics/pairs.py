"""Genuine and impostor pairs of photos, with folds for cross-validation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from ...frame.errors import ConfigError

FOLDS = 10  # as LFW has (Huang et al. 2007)
MOST = 500_000  # same pairs, and different ones: more change no figure
AT_A_TIME = 2**16  # pairs whose vectors are copied at once


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of photos, each of one person (genuine) or of two (impostor), in folds.

    Parameters:
        first: the number of each pair's first photo, (P,).
        second: the number of its second.
        same: whether it is of one person.
        fold: its fold, 0 … folds − 1.
        disjoint_by: what folds share none of: "people", or only "pairs".
        person: the label of each photo's person, (photos,).
    """

    first: Int64[np.ndarray, " pairs"]
    second: Int64[np.ndarray, " pairs"]
    same: Bool[np.ndarray, " pairs"]
    fold: Int64[np.ndarray, " pairs"]
    disjoint_by: Literal["people", "pairs"]
    person: Int64[np.ndarray, " photos"]

    def __len__(self) -> int:
        return len(self.same)

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return int(self.fold.max()) + 1

    def identities(self) -> tuple[Int64[np.ndarray, " pairs"], Int64[np.ndarray, " pairs"]]:
        """The people of each pair, as numbers."""
        return self.person[self.first], self.person[self.second]

    def train_masks(self) -> Iterator[Bool[np.ndarray, " pairs"]]:
        """For each fold, the pairs of all others."""
        return (self.fold != fold for fold in range(self.folds))

    def distances(
        self, vectors: Float32[np.ndarray, "photos size"]
    ) -> Float64[np.ndarray, " pairs"]:
        """Euclidean distances of the pairs.

        Parameters:
            vectors: of unit length, a row for each photo; NaN for one without a face, and then the
                distance is NaN.
        """
        distances = np.empty(len(self))
        for start in range(0, len(self), AT_A_TIME):
            part = slice(start, start + AT_A_TIME)
            differences = vectors[self.first[part]] - vectors[self.second[part]]
            distances[part] = np.sqrt(np.einsum("ps,ps->p", differences, differences))
        return distances


def sample_pairs(identities: Sequence[str], *, folds: int = FOLDS, seed: int = 0) -> Pairs:
    """All pairs of one person and as many of two.

    Folds share no person where there are at least two people a fold; then pairs of two people are
    drawn within a fold, and where a fold has fewer of these, as few of one person are drawn. Else
    folds share no pair only. Each fold has as many same as different pairs. Of more than 500,000
    same pairs so many are drawn.

    Parameters:
        identities: the name of each photo's person.
        folds: 2 or more.
        seed: what is drawn follows from it.

    Raises ConfigError where there are too few people or photos for so many folds.
    """
    if folds < 2:
        raise ConfigError(f"Expected at least 2 folds, got {folds}. 10 are customary.")
    person = np.unique(np.array(identities, np.str_), return_inverse=True)[1].astype(np.int64)
    counts = np.bincount(person)
    rng = np.random.default_rng([seed, folds])
    if len(counts) >= 2 * folds and np.sum(counts > 1) >= folds:
        return _by_people(person, counts, folds, rng)
    return _by_pairs(person, folds, rng)


def _by_people(
    person: Int64[np.ndarray, " photos"],
    counts: Int64[np.ndarray, " people"],
    folds: int,
    rng: np.random.Generator,
) -> Pairs:
    order = np.lexsort([rng.random(len(counts)), -counts])  # those with most photos first
    fold_of = np.empty(len(counts), np.int64)
    for start in range(0, len(counts), folds):
        dealt = order[start : start + folds]
        fold_of[dealt] = rng.permutation(folds)[: len(dealt)]
    parts = []
    for fold in range(folds):
        photos = np.flatnonzero(fold_of[person] == fold)
        first, second, same = _sample(person[photos], MOST // folds, rng)
        parts.append((photos[first], photos[second], same, np.full(len(same), fold)))
    return Pairs(*map(np.concatenate, zip(*parts)), disjoint_by="people", person=person)


def _by_pairs(person: Int64[np.ndarray, " photos"], folds: int, rng: np.random.Generator) -> Pairs:
    first, second, same = _sample(person, MOST, rng)
    count = len(same) // 2
    if count < folds:
        raise ConfigError(
            f"Expected {folds} pairs of one person and of two at least, one for each fold, got "
            f"{count}. Add photos, or ask for fewer folds."
        )
    # same pairs come first, in random order, then as many different ones
    fold = np.tile(np.arange(count) % folds, 2)
    return Pairs(first, second, same, fold, "pairs", person)


Drawn = tuple[Int64[np.ndarray, " pairs"], Int64[np.ndarray, " pairs"], Bool[np.ndarray, " pairs"]]


def _sample(person: Int64[np.ndarray, " photos"], limit: int, rng: np.random.Generator) -> Drawn:
    """All same pairs and then as many different ones, in random order, `most` of each at most."""
    order = np.argsort(person, kind="stable")
    ends = np.searchsorted(person[order], person[order], side="right")
    # sorted by person, the photos that pair with photo i stand in one row: up to its person's
    # end those of the same, after it those of others
    after = np.arange(len(order)) + 1
    same, different = ends - after, len(order) - ends
    count = min(int(same.sum()), int(different.sum()), limit)
    rows = [
        _pick(starts, lengths, count, rng) for starts, lengths in ((after, same), (ends, different))
    ]
    first, second = np.concatenate(rows, axis=1)
    return order[first], order[second], np.arange(2 * count) < count


def _pick(
    starts: Int64[np.ndarray, " photos"],
    lengths: Int64[np.ndarray, " photos"],
    count: int,
    rng: np.random.Generator,
) -> Int64[np.ndarray, "2 count"]:
    """So many of the pairs of photo i with the photos `starts[i]` … `starts[i] + lengths[i] − 1`,
    none twice."""
    ends = np.cumsum(lengths)
    rank = rng.choice(int(lengths.sum()), count, replace=False)
    first = np.searchsorted(ends, rank, side="right")
    return np.stack([first, starts[first] + rank - (ends - lengths)[first]])
