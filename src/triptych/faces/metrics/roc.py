"""How often a threshold errs: false accepts and false rejects over all thresholds.

A pair is accepted, called one person, where its distance is at most the threshold. NaN is the
distance to a photo in which no face was found. It counts as an error at every threshold: such a
pair of one person is never accepted, such a pair of two people always, so that no figure can gain
from refusing photos.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from ...frame.errors import ConfigError

# The rule of three (Hanley and Lippman-Hand 1983): where none of 3/r trials fails, the rate of
# failure is below r with 95 % confidence; with fewer, a rate r cannot be told from 0.
MIN_ERRORS = 3


@dataclass(frozen=True, eq=False)
class RocCurve:
    """Accepted pairs at each threshold.

    Parameters:
        thresholds: ascending from −inf, where nothing is accepted.
        same_accepted: how many genuine pairs, those of one person, lie within each threshold.
        different_accepted: how many impostor pairs, those of two people, do.
        genuine: how many there are.
        impostor: how many there are.
    """

    thresholds: Float64[np.ndarray, " points"]
    same_accepted: Int64[np.ndarray, " points"]
    different_accepted: Int64[np.ndarray, " points"]
    genuine: int
    impostor: int

    @property
    def far(self) -> Float64[np.ndarray, " points"]:
        """False accept rate: the share of different pairs accepted; never falls."""
        return self.different_accepted / self.impostor

    @property
    def frr(self) -> Float64[np.ndarray, " points"]:
        """False reject rate: the share of same pairs not accepted; never rises."""
        return 1 - self.tar

    @property
    def tar(self) -> Float64[np.ndarray, " points"]:
        """True accept rate: the share of same pairs accepted."""
        return self.same_accepted / self.genuine

    def drop_intermediate(self) -> "RocCurve":
        """The same curve without the points that lie straight between their neighbours."""
        up, right = np.diff(self.same_accepted) > 0, np.diff(self.different_accepted) > 0
        straight = (up[:-1] == up[1:]) & (right[:-1] == right[1:]) & (up != right)[:-1]
        keep = np.ones(len(self.thresholds), np.bool_)
        keep[1:-1] = ~straight
        return RocCurve(
            self.thresholds[keep],
            self.same_accepted[keep],
            self.different_accepted[keep],
            self.genuine,
            self.impostor,
        )

    def eer(self) -> float:
        """Equal error rate: where as many same pairs are rejected as different ones accepted, on
        straight lines between neighbouring thresholds."""
        gap = self.far - self.frr
        after = int(np.argmax(gap >= 0))
        if after == 0:  # nothing is accepted but what has no face
            return float(self.far[0])
        part = -gap[after - 1] / (gap[after] - gap[after - 1])
        return float(self.far[after - 1] + part * (self.far[after] - self.far[after - 1]))

    def supports(self, far: float) -> bool:
        """Whether there are enough different pairs to speak of such a false accept rate."""
        return far * self.impostor >= MIN_ERRORS - 1e-9

    def tar_at(self, far: float) -> float:
        """The largest share of same pairs accepted by a threshold whose false accept rate is
        `far` at most. NaN where there are fewer than 3/far different pairs, or where photos
        without a face alone exceed the rate."""
        point = self._index_at_far(far)
        return float(self.tar[point]) if self.supports(far) and point >= 0 else float("nan")

    def threshold_at_far(self, far: float) -> float:
        """The largest threshold whose false accept rate is `far` at most, halfway to the next;
        NaN where photos without a face alone exceed the rate."""
        point = self._index_at_far(far)
        return self.threshold_between(point, point + 1) if point >= 0 else float("nan")

    def threshold_between(self, index: int, next_index: int) -> float:
        """Halfway from a threshold to a later one; where one of them is not finite, what is nearest
        to the other and still between them.

        Parameters:
            index: of the first.
            next_index: of the later one; it may be beyond the last.
        """
        low, high = (
            self.thresholds[index],
            self.thresholds[min(next_index, len(self.thresholds) - 1)],
        )
        if next_index >= len(self.thresholds) or not np.isfinite(high):
            return float(low)
        below = np.nextafter(high, -np.inf)
        return float(min((low + high) / 2, below) if np.isfinite(low) else below)

    def _index_at_far(self, far: float) -> int:
        """The last point that accepts no more different pairs than `far` allows; −1 for none."""
        allowed = np.floor(far * self.impostor + 1e-9)
        return int(np.searchsorted(self.different_accepted, allowed, side="right")) - 1


def roc_curve(distances: Float[np.ndarray, " pairs"], same: Bool[np.ndarray, " pairs"]) -> RocCurve:
    """How many pairs each threshold accepts.

    Parameters:
        distances: of each pair, NaN where a photo has no face.
        same: which pairs are of one person.

    Raises ConfigError where there is no pair of one person, or none of two.

    >>> curve = roc_curve(np.array([0.5, 0.9, 1.1, 1.4]), np.array([True, True, False, False]))
    >>> curve.eer(), curve.threshold_at_far(0.0)
    (0.0, 1.0)
    """
    if same.all() or not same.any():
        raise ConfigError(
            f"Expected pairs of one person and pairs of two, got {int(same.sum())} and "
            f"{int((~same).sum())}. Give at least two people, one of them with two photos."
        )
    exact = distances.astype(np.float64)
    near, far = (np.sort(exact[kind & ~np.isnan(exact)]) for kind in (same, ~same))
    thresholds = np.concatenate([[-np.inf], np.unique(np.concatenate([near, far]))])
    faceless = int(np.isnan(exact[~same]).sum())
    return RocCurve(
        thresholds,
        np.searchsorted(near, thresholds, side="right").astype(np.int64),
        np.searchsorted(far, thresholds, side="right").astype(np.int64) + faceless,
        int(same.sum()),
        int((~same).sum()),
    )


def format_rate(rate: float) -> str:
    """0.001 as 1e-3.

    >>> format_rate(0.001)
    '1e-3'
    """
    return f"{rate:.0e}".replace("e-0", "e-")


def pairs_eer(
    vectors: Float32[np.ndarray, "photos size"], labels: Int64[np.ndarray, " photos"]
) -> float:
    """The equal error rate over all pairs of photos, 0 … 1; 1 where vectors are not finite.

    Parameters:
        vectors: one of unit length for each photo.
        labels: the number of each photo's person.

    Raises ConfigError where there is no pair of one person, or none of two.
    """
    if not np.isfinite(vectors).all():
        return 1.0
    first, second = np.triu_indices(len(labels), 1)
    squared = 2 - 2 * (vectors @ vectors.T)[first, second]
    return roc_curve(np.sqrt(squared.clip(0, 4)), labels[first] == labels[second]).eer()
