"""Average linkage of unit vectors, cut at a distance, without a matrix of all distances."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

AT_A_TIME = 2**24  # distances computed at once: 64 MB

Vectors = Float32[np.ndarray, "count size"]


def average_linkage(vectors: Vectors, threshold: float) -> Int64[np.ndarray, " count"]:
    """Clusters by average linkage (UPGMA, Sokal and Michener 1958) of squared distances, cut where
    the mean exceeds the threshold squared: the result of the full tree, in memory that grows with
    the vectors alone.

    Of unit vectors the mean squared distance of two clusters follows from their means, 2 − 2·a·b.
    Clusters that are each other's nearest are merged, all of a round at once, which gives the same
    tree as one by one (reciprocal nearest neighbours, Murtagh 1983). A cluster whose nearest is
    beyond the threshold is done.

    Parameters:
        vectors: of unit length, (N, D).
        threshold: a distance, 0 … 2.

    Returns the number of each row's cluster, from 0 on, in the order of their first rows.

    >>> angles = np.radians([0, 100, 5, 103, 200])
    >>> average_linkage(np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32), 0.5)
    array([0, 1, 0, 1, 2])
    """
    if not len(vectors):
        return np.zeros(0, np.int64)
    clusters = _Clusters(
        vectors.copy(),
        np.ones(len(vectors)),
        np.arange(len(vectors)),
        np.ones(len(vectors), np.bool_),
        np.arange(len(vectors)),
        np.full(len(vectors), np.inf),
    )
    limit = threshold**2
    stale = np.arange(len(vectors))
    while len(stale):
        clusters.find_nearest(stale)
        clusters.active &= clusters.distance <= limit
        stale = clusters.merge_reciprocal()
    parent = clusters.parent
    while (parent[parent] != parent).any():
        parent = parent[parent]
    _, first, number = np.unique(parent, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number.reshape(-1)].astype(np.int64)


@dataclass(eq=False)
class _Clusters:
    """Clusters that may still be merged, each kept at the row of one of its members."""

    means: Vectors
    counts: Float64[np.ndarray, " count"]
    parent: Int64[np.ndarray, " count"]
    active: Bool[np.ndarray, " count"]
    nearest: Int64[np.ndarray, " count"]
    distance: Float64[np.ndarray, " count"]  # squared, to the nearest; of those not active any

    def find_nearest(self, rows: Int64[np.ndarray, " rows"]) -> None:
        """The nearest active cluster of each of these."""
        others = np.flatnonzero(self.active)
        means = self.means[others]
        place = np.full(len(self.active), -1)
        place[others] = np.arange(len(others))
        step = max(1, AT_A_TIME // len(others))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            squared = 2 - 2 * (self.means[part] @ means.T)
            squared[np.arange(len(part)), place[part]] = np.inf
            best = squared.argmin(1)
            self.nearest[part] = others[best]
            self.distance[part] = squared[np.arange(len(part)), best]

    def merge_reciprocal(self) -> Int64[np.ndarray, " stale"]:
        """Merge those that are each other's nearest. Returns those whose nearest is to be found
        anew; none where all is done."""
        rows = np.flatnonzero(self.active)
        if not len(rows):
            return rows
        mutual = self.nearest[self.nearest[rows]] == rows
        kept = rows[mutual & (rows < self.nearest[rows]) & self.active[self.nearest[rows]]]
        if not len(kept):  # rounding may hide that two are each other's nearest
            kept = rows[[np.argmin(self.distance[rows])]]
        gone = self.nearest[kept]
        shares = (self.counts[gone] / (self.counts[kept] + self.counts[gone]))[:, None]
        merged = self.means[kept] * (1 - shares) + self.means[gone] * shares
        self.means[kept] = merged.astype(np.float32)
        self.counts[kept] += self.counts[gone]
        self.parent[gone] = kept
        self.active[gone] = False
        self.distance[gone] = np.inf
        changed = np.zeros(len(self.active), np.bool_)
        changed[kept] = changed[gone] = True
        rows = np.flatnonzero(self.active)
        return rows[changed[rows] | changed[self.nearest[rows]]]
