"""What a quality score is worth: errors over the share of pairs rejected for their quality."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ...frame.errors import ConfigError

SHARES = (0.1, 0.2)  # of pairs rejected, at which errors are told
REACH = 0.2  # of pairs rejected, to which the area under the curve is taken
MIN_LEFT = 30  # pairs: a rate of fewer says little, and is not drawn

Rates = Float64[np.ndarray, " points"]


@dataclass(frozen=True, eq=False)
class ErrorVersusDiscard:
    """The error versus discard characteristic (EDC) of ISO/IEC 29794-1: pairs are rejected from the
    worst quality on, and of those left the errors are counted at one threshold.

    The quality of a pair is that of its worse photo; a photo without a face has 0, and counts as an
    error until it is rejected. Pairs of one quality are rejected together.

    Parameters:
        threshold: the distance at which errors are counted.
        genuine_discarded: the share of genuine pairs rejected at each point, 0 first.
        fnmr: the share of genuine pairs left that are not accepted.
        impostor_discarded: the share of impostor pairs rejected at each point, 0 first.
        fmr: the share of impostor pairs left that are accepted.
    """

    threshold: float
    genuine_discarded: Rates
    fnmr: Rates
    impostor_discarded: Float64[np.ndarray, " levels"]
    fmr: Float64[np.ndarray, " levels"]

    def fnmr_at(self, share: float) -> float:
        """FNMR where at most a `share` of genuine pairs is rejected."""
        return float(self.fnmr[np.searchsorted(self.genuine_discarded, share + 1e-9) - 1])

    @property
    def gain(self) -> float:
        """How much of the FNMR is avoided on average while up to 20 % are rejected, of what could
        be if errors were rejected first: 1 is perfect, 0 chance, less is worse than chance. NaN
        without errors."""
        grid = np.linspace(0, REACH, 101)
        start = float(self.fnmr[0])
        if start == 0:
            return float("nan")
        curve = np.array([self.fnmr_at(share) for share in grid])
        best = np.clip(start - grid, 0, None) / (1 - grid)
        return float((start - curve).sum() / (start - best).sum())

    def metrics(self) -> dict[str, float | None]:
        """Figures by name; None for what cannot be told."""
        rejected = {f"fnmr_without_worst_{share:.0%}": self.fnmr_at(share) for share in SHARES}
        figures = {"fnmr": float(self.fnmr[0]), **rejected, "gain": self.gain}
        return {
            name.replace("%", ""): None if np.isnan(value) else value
            for name, value in figures.items()
        }

    def definitions(self) -> dict[str, str]:
        """What each figure means, in one line."""
        at = f"at the distance {self.threshold:.4g}"
        rejected = {
            f"fnmr_without_worst_{100 * share:.0f}": f"the same without the {100 * share:.0f} % of "
            "them of worst quality"
            for share in SHARES
        }
        return {
            "fnmr": f"share of pairs of one person rejected {at}, those without a face among them",
            **rejected,
            "gain": f"share of these errors avoided while up to {100 * REACH:.0f} % of pairs are "
            "rejected by quality, on average, of what could be avoided: 1 perfect, 0 chance; null "
            "without errors",
        }


def error_versus_discard(
    distances: Float64[np.ndarray, " pairs"],
    same: Bool[np.ndarray, " pairs"],
    quality: Float64[np.ndarray, " pairs"],
    threshold: float,
) -> ErrorVersusDiscard:
    """Errors over the share of pairs rejected for their quality.

    Parameters:
        distances: of each pair, NaN where a photo has no face.
        same: which pairs are of one person.
        quality: of each pair, 0 … 1: the lower of its two photos'.
        threshold: the distance at which errors are counted.

    Raises ConfigError where there is no pair of one person, or none of two, or no quality.

    >>> near, far = [0.5, 1.4, 0.6], [1.5, 1.5, 1.0]
    >>> curve = error_versus_discard(
    ...     np.array(near + far), np.arange(6) < 3, np.array([0.9, 0.1, 0.8] * 2), 1.1
    ... )
    >>> curve.genuine_discarded.round(2).tolist(), curve.fnmr.round(2).tolist()
    ([0.0, 0.33, 0.67], [0.33, 0.0, 0.0])
    """
    if not same.any() or same.all():
        raise ConfigError("Expected pairs of one person and pairs of two. Add people and photos.")
    if np.isnan(quality).any():
        raise ConfigError(
            "Photos taken as they are have no quality: no face was looked for in them."
        )
    accepted = distances <= threshold  # NaN is not
    genuine = _discard(~accepted[same], quality[same])
    impostor = _discard((accepted | np.isnan(distances))[~same], quality[~same])
    return ErrorVersusDiscard(threshold, *genuine, *impostor)


def _discard(
    wrong: Bool[np.ndarray, " pairs"], quality: Float64[np.ndarray, " pairs"]
) -> tuple[Rates, Rates]:
    """The share rejected, and the error rate of what is left, at each level of quality."""
    order = np.argsort(quality, kind="stable")
    levels = np.flatnonzero(np.diff(quality[order], prepend=-np.inf) > 0)
    left = len(wrong) - levels
    errors = np.cumsum(wrong[order][::-1])[::-1][levels]
    enough = (left >= MIN_LEFT) | (levels == 0) if len(wrong) >= MIN_LEFT else left > 0
    return (levels / len(wrong))[enough], (errors / left)[enough]
