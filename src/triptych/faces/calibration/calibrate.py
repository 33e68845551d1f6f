"""The threshold for a false accept rate, from embeddings of one's own people, with an interval."""

import math

import numpy as np
from jaxtyping import Float64, Int64

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..embeddings import Embeddings
from ..metrics.bootstrap import QUANTILES, ROUNDS, bootstrap_counts, chunks, pair_weights
from .calibration import Calibration
from .distance_histogram import LEVELS, STEP, ImpostorTail, distance_histograms, impostor_tail
from .platt import fit_platt

MIN_ACCEPTED = 10  # different pairs a threshold must accept: from fewer its rate is a guess
PEOPLE = 5  # the fewest: they make 10 couples, and people are what a bootstrap draws
SAME = 10  # pairs of one person the fewest, to fit a probability


def calibrate(
    embeddings: Embeddings,
    *,
    far: float = 1e-3,
    seed: int = 0,
    rounds: int = ROUNDS,
    source: str = "",
    progress: ProgressCallback = no_progress,
) -> Calibration:
    """The threshold at which a share `far` of all pairs of two people is falsely accepted.

    Every photo is compared with every other, in steps of 2⁻¹⁵; the threshold lies in the middle of
    the steps that accept as many pairs as `far` allows. The intervals come from a bootstrap over
    people, drawn with all their photos, since pairs of one person err together: people drawn from
    these stand to these as these to everyone (Efron 1979), so the rate of the threshold lies
    between those that thresholds of drawn people have on these.

    Parameters:
        embeddings: of photos whose identities are all known.
        far: the false accept rate, 0 … 1.
        seed: of the bootstrap.
        rounds: of the bootstrap.
        source: what the calibration says it was found on.
        progress: told how many photos are compared.

    Raises ConfigError where the pairs do not support the rate: 10 must be accepted at least.
    """
    labels = embeddings.labels()
    order, counts = np.argsort(labels, kind="stable"), np.bincount(labels)
    if "" in embeddings.identities:
        raise ConfigError(
            "Expected to know who is in each photo. Lay them out as PERSON/PHOTO.jpg."
        )
    check_enough_pairs(counts, far)
    vectors, labels = embeddings.vectors[order], labels[order]

    def report_pass_1(done: int) -> None:
        progress(ProgressEvent("calibrate", done, 2 * len(embeddings)))

    def report_pass_2(done: int) -> None:
        report_pass_1(len(embeddings) + done)

    same, different = distance_histograms(vectors, labels, report_pass_1)
    threshold, accepted = _threshold(different, far)
    tail = impostor_tail(vectors, labels, different, accepted, report_pass_2)
    thresholds = _bootstrap_thresholds(
        tail, counts, far, bootstrap_counts(len(counts), rounds, seed)
    )
    quantile_low, quantile_high = np.nanquantile(thresholds, QUANTILES).tolist()
    slope, intercept = fit_platt((np.arange(LEVELS) + 0.5) * STEP, same, different)
    rate = accepted / int(different.sum())
    return Calibration(
        encoder=embeddings.encoder,
        threshold=threshold,
        threshold_low=min(quantile_low, threshold),
        threshold_high=max(quantile_high, threshold),
        target_far=far,
        far=rate,
        far_low=min(_rate(different, quantile_low), rate),
        far_high=max(_rate(different, quantile_high), rate),
        slope=slope,
        intercept=intercept,
        people=len(counts),
        photos=len(embeddings),
        genuine_pairs=int(same.sum()),
        impostor_pairs=int(different.sum()),
        source=source,
    )


def check_enough_pairs(counts: Int64[np.ndarray, " people"], far: float) -> None:
    """Raise ConfigError where photos make too few pairs for a false accept rate; it says how many
    would do.

    Parameters:
        counts: photos of each person.
        far: the false accept rate, 0 … 1.
    """
    if not 0 < far < 1:
        raise ConfigError(f"Expected a false accept rate between 0 and 1, got {far}. Try 0.001.")
    if len(counts) < PEOPLE:
        raise ConfigError(
            f"Expected {PEOPLE} people at least to find a threshold on, got {len(counts)}. "
            f"{_advice(counts, far)}"
        )
    same, different = _pairs(counts)
    if same < SAME:
        raise ConfigError(
            f"Expected {SAME} pairs of photos of one person at least, got {same}. "
            "Add a few people with several photos each."
        )
    if different * far < MIN_ACCEPTED - 1e-9:
        raise ConfigError(
            f"A false accept rate of {far:g} needs {math.ceil(MIN_ACCEPTED / far):,} pairs of two "
            f"people, these {counts.sum():,} photos of {len(counts)} people make {different:,}. "
            f"{_advice(counts, far)}"
        )


def _pairs(counts: Int64[np.ndarray, " people"]) -> tuple[int, int]:
    """How many pairs photos make: of one person, and of two."""
    same = int((counts * (counts - 1) // 2).sum())
    photos = int(counts.sum())
    return same, photos * (photos - 1) // 2 - same


def _advice(counts: Int64[np.ndarray, " people"], far: float) -> str:
    """How many people and photos the rate needs, and which rate these people support."""
    needed = math.ceil(MIN_ACCEPTED / far - 1e-9)
    photos_each = max(1, int(counts.mean())) if len(counts) else 1
    people = math.ceil((1 + math.sqrt(1 + 8 * needed / photos_each**2)) / 2)
    advice = f"Enough are {max(people, PEOPLE):,} people with {photos_each:,} photos each"
    if len(counts) < PEOPLE:
        return advice + "."
    photos = math.ceil(math.sqrt(2 * needed / (len(counts) * (len(counts) - 1))))
    supported = MIN_ACCEPTED / _pairs(counts)[1]
    digits = 10.0 ** (math.floor(math.log10(supported)) - 1)
    return (
        f"{advice}, or {photos:,} photos of each of these {len(counts)}; or ask for a rate of "
        f"{math.ceil(supported / digits - 1e-9) * digits:.2g} or more."
    )


def _threshold(different: Int64[np.ndarray, " levels"], far: float) -> tuple[float, int]:
    """The threshold, and how many pairs of two people lie within it."""
    below = np.cumsum(different)
    allowed = math.floor(far * int(below[-1]) + 1e-9)
    last = int(np.searchsorted(below, allowed, side="right")) - 1
    if last < 0 or not below[last]:
        crowded = int(np.argmax(below > 0))
        raise ConfigError(
            f"Expected at most {allowed:,} pairs of two people to look most alike, but "
            f"{int(different[crowded]):,} lie at one distance ({crowded * STEP:.3g}). Are photos "
            "in several people's folders?"
        )
    first = int(np.searchsorted(below, below[last]))
    return ((first + last) // 2 + 1) * STEP, int(below[last])


def _rate(different: Int64[np.ndarray, " levels"], threshold: float) -> float:
    """The share of pairs of two people within a threshold."""
    return float(different[: math.floor(threshold / STEP)].sum() / different.sum())


def _bootstrap_thresholds(
    tail: ImpostorTail,
    counts: Int64[np.ndarray, " people"],
    far: float,
    draws: Int64[np.ndarray, "rounds people"],
) -> Float64[np.ndarray, " rounds"]:
    """The threshold for the rate in each round of people drawn anew; NaN for a round of one
    person alone."""
    starts = np.flatnonzero(np.diff(tail.cut, prepend=-1))
    thresholds = []
    for part in chunks(draws, len(tail.cut)):
        pairs = pair_weights(part, tail.first, tail.second) * tail.counts
        below = np.cumsum(np.add.reduceat(pairs, starts, axis=1), axis=1)
        photos, squares = part @ counts, part**2 @ counts**2
        total = (photos**2 - squares) / 2
        allowed = np.where(total > 0, far * total, np.nan)
        thresholds += [
            np.interp(limit, [0, *row], tail.edges) for limit, row in zip(allowed, below)
        ]
    return np.array(thresholds)
