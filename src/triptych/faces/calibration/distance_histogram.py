"""Histograms of the distances between all photos, in fine steps, without keeping the distances."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from ..embeddings import euclidean_distances

STEP = 2.0**-15  # level n holds the distances above n and up to n + 1 steps, and level 0 also 0
LEVELS = 2**16  # … up to 2
ROWS, COLUMNS = 512, 4096  # photos compared at a time: 8 MB of distances
EDGES = 256  # how finely a tail is cut
REACH = (3, 20)  # a tail reaches to so many times the rate, at least and at most ...
ENTRIES = 2**21  # ... within so many pairs

Vectors = Float32[np.ndarray, "photos size"]
Labels = Int64[np.ndarray, " photos"]
Counts = Int64[np.ndarray, " levels"]
Progress = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class ImpostorTail:
    """The nearest pairs of two people, counted for each couple of people and each bin of distance.

    Group i is a couple and a bin: `counts[i]` pairs of the people `first[i]` and `second[i]` lie
    above `edges[cut[i]]` and up to `edges[cut[i] + 1]`. Groups are sorted by bin, and no bin is
    empty.

    Parameters:
        edges: of the bins, ascending distances.
        cut: the bin of each group.
        first: the label of one person of each couple.
        second: the label of the other.
        counts: pairs in each group.
    """

    edges: Float64[np.ndarray, " edges"]
    cut: Int64[np.ndarray, " groups"]
    first: Int64[np.ndarray, " groups"]
    second: Int64[np.ndarray, " groups"]
    counts: Int64[np.ndarray, " groups"]


def distance_histograms(
    vectors: Vectors, labels: Labels, progress: Progress
) -> tuple[Counts, Counts]:
    """How many pairs of one person, and of two, lie at each level of distance.

    Parameters:
        vectors: of unit length, (N, D), sorted by label.
        labels: the number of each photo's person, ascending.
        progress: told how many photos are done.

    Returns counts of genuine and of impostor pairs, each (LEVELS,).
    """
    same, different = np.zeros((2, LEVELS), np.int64)
    for top, left, distances in _distance_blocks(vectors, progress):
        ours, theirs = labels[top : top + ROWS], labels[left : left + COLUMNS]
        level = np.maximum(np.ceil(distances * np.float32(1 / STEP)).astype(np.int32) - 1, 0)
        if ours[-1] < theirs[0]:
            different += np.bincount(level.ravel(), minlength=LEVELS)
            continue
        different += np.bincount(level[ours[:, None] < theirs], minlength=LEVELS)
        later = np.arange(top, top + len(ours))[:, None] < np.arange(left, left + len(theirs))
        same += np.bincount(level[(ours[:, None] == theirs) & later], minlength=LEVELS)
    return same, different


def impostor_tail(
    vectors: Vectors, labels: Labels, different: Counts, accepted: int, progress: Progress
) -> ImpostorTail:
    """The nearest pairs of two people, far beyond those that a threshold accepts.

    Parameters:
        vectors: of unit length, (N, D), sorted by label.
        labels: the number of each photo's person, ascending.
        different: impostor pairs at each level, from `distance_histograms`.
        accepted: how many of them the threshold accepts.
        progress: told how many photos are done.
    """
    cuts = _bin_edges(different, accepted)
    edges = (cuts + 1) * STEP
    people = int(labels[-1]) + 1
    keys, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    for top, left, distances in _distance_blocks(vectors, progress):
        ours, theirs = labels[top : top + ROWS], labels[left : left + COLUMNS]
        row, column = np.nonzero(_impostors_within(distances, ours, theirs, edges[-1]))
        cut = np.searchsorted(edges, distances[row, column].astype(np.float64))
        pair_keys = (cut * people + ours[row]) * people + theirs[column]
        keys, counts = _merge_counts([keys, pair_keys], [counts, np.ones(len(pair_keys), np.int64)])
    couple = keys % people**2
    lowest = int(np.argmax(different > 0)) * STEP
    return ImpostorTail(
        np.concatenate([[lowest], edges]),
        keys // people**2,
        couple // people,
        couple % people,
        counts,
    )


def _distance_blocks(
    vectors: Vectors, progress: Progress
) -> Iterator[tuple[int, int, Float32[np.ndarray, "r c"]]]:
    """Distances of rows from the first number on to columns from the second on: all pairs once,
    and some left of the diagonal twice."""
    for top in range(0, len(vectors), ROWS):
        for left in range(top, len(vectors), COLUMNS):
            yield (
                top,
                left,
                euclidean_distances(vectors[top : top + ROWS], vectors[left : left + COLUMNS]),
            )
        progress(min(top + ROWS, len(vectors)))


def _impostors_within(
    distances: Float32[np.ndarray, "rows columns"],
    ours: Int64[np.ndarray, " rows"],
    theirs: Int64[np.ndarray, " columns"],
    reach: float,
) -> Bool[np.ndarray, "rows columns"]:
    near = distances <= np.float32(reach)  # exact: edges are few bits long
    return near if ours[-1] < theirs[0] else near & (ours[:, None] < theirs)


def _bin_edges(different: Counts, accepted: int) -> Int64[np.ndarray, " cuts"]:
    """The levels that end the cuts: each holds about as many times the pairs of the one before."""
    below = np.cumsum(different)
    lower, upper = (times * accepted for times in REACH)
    reach = min(max(lower, min(upper, ENTRIES)), int(below[-1]))
    wanted = np.geomspace(max(1, accepted / 50), reach, EDGES).astype(np.int64)
    return np.unique(np.searchsorted(below, wanted)).astype(np.int64)


def _merge_counts(
    keys: list[Int64[np.ndarray, " _"]], counts: list[Int64[np.ndarray, " _"]]
) -> tuple[Int64[np.ndarray, " groups"], Int64[np.ndarray, " groups"]]:
    """Equal keys once, ascending, and their counts added."""
    unique_keys, place = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(place, np.concatenate(counts), len(unique_keys))
    return unique_keys, total.astype(np.int64)
