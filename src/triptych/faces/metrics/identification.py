"""Identification (1:N): one photo of each person enrolled, all others identified."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from ...frame.errors import ConfigError
from ..embeddings import euclidean_distances
from .bootstrap import confidence_interval
from .roc import MIN_ERRORS, RocCurve, format_rate, roc_curve

RATES = (1e-1, 1e-2)
SPLITS = 20  # random halves of the people
AT_A_TIME = 1024  # photos compared with a gallery at once

NO_FACE_NOTE = (
    "a photo without a face counts as an error, and a person enrolled by one is never found"
)

Vectors = Float32[np.ndarray, "photos size"]


@dataclass(frozen=True, eq=False)
class IdentificationMetrics:
    """How well people are identified by one photo each, among themselves and among strangers.

    Parameters:
        rank1: the share of photos nearest to their own person, 0 … 1.
        ci_low: lower end of its 95 % interval.
        ci_high: upper end.
        correct: which of the probes are nearest to their own person.
        probes: numbers of the photos that are not enrolled.
        curve: of all splits together. Its genuine pairs are photos of enrolled people, at the
            distance to their own person, or never accepted where another is as near; its impostor
            pairs are photos of strangers, at the distance to the nearest person. So its `frr` is
            the false negative identification rate (FNIR), its `far` the false positive one (FPIR).
        splits: random halves of the people, of which one is enrolled and the other are strangers.
        threshold: a distance to measure at, if any.
    """

    rank1: float
    ci_low: float
    ci_high: float
    correct: Bool[np.ndarray, " probes"]
    probes: Int64[np.ndarray, " probes"]
    curve: RocCurve
    splits: int
    threshold: float | None

    def fnir_at(self, fpir: float) -> float:
        """The share of photos of enrolled people not identified, at the largest threshold that
        names at most a share `fpir` of strangers' photos. NaN where strangers have too few.
        """
        if fpir * self.curve.impostor / self.splits < MIN_ERRORS - 1e-9:
            return float("nan")
        return 1 - self.curve.tar_at(fpir)

    def at(self, threshold: float) -> tuple[float, float]:
        """FNIR and FPIR at a threshold."""
        point = int(np.searchsorted(self.curve.thresholds, threshold, side="right")) - 1
        return float(self.curve.frr[point]), float(self.curve.far[point])

    def metrics(self) -> dict[str, float | None]:
        """Figures by name; None for a rate that the number of photos cannot support."""
        figures = {"rank1": self.rank1}
        figures |= {f"fnir_at_fpir_{format_rate(fpir)}": self.fnir_at(fpir) for fpir in RATES}
        if self.threshold is not None:
            figures["fnir_at_threshold"], figures["fpir_at_threshold"] = self.at(self.threshold)
        return {name: None if np.isnan(value) else value for name, value in figures.items()}

    def definitions(self) -> dict[str, str]:
        """What each figure means, in one line."""
        open_set = (
            f"{self.splits} times a random half of the people is enrolled by the first photo of "
            f"each, and the others are strangers; {NO_FACE_NOTE}"
        )
        meanings = {
            "rank1": "share of photos nearest to their own person, where the first photo of each "
            f"person is enrolled and all others are identified; {NO_FACE_NOTE}"
        }
        for fpir in RATES:
            meanings[f"fnir_at_fpir_{format_rate(fpir)}"] = (
                "share of enrolled people's photos not identified, at the largest threshold that "
                f"names at most {fpir:g} of the strangers' photos; {open_set}; null with fewer "
                f"than {MIN_ERRORS / fpir:.0f} photos of strangers (rule of three)"
            )
        if self.threshold is not None:
            within = f"within the distance {self.threshold:.4g}"
            meanings["fnir_at_threshold"] = (
                f"share of enrolled people's photos not nearest to their own person {within}; "
                f"{open_set}"
            )
            meanings["fpir_at_threshold"] = (
                f"share of strangers' photos {within} of an enrolled person; {open_set}"
            )
        return meanings


def evaluate_identification(
    vectors: Vectors,
    identities: Sequence[str],
    *,
    threshold: float | None = None,
    splits: int = SPLITS,
    seed: int = 0,
) -> IdentificationMetrics:
    """Enroll the first photo of each person, identify every other.

    A photo as near to another person as to its own is not identified.

    Parameters:
        vectors: of unit length, a row for each photo, NaN where there is no face.
        identities: the name of each photo's person.
        threshold: a distance to measure at, if any.
        splits: random halves of the people for strangers.
        seed: of splits and bootstrap.

    Raises ConfigError for fewer than two people with two photos.
    """
    person = np.unique(np.array(identities, np.str_), return_inverse=True)[1].astype(np.int64)
    first_of = np.unique(person, return_index=True)[1]
    probes = np.setdiff1d(np.arange(len(person)), first_of)
    if len(np.unique(person[probes])) < 2:
        raise ConfigError(
            "Expected two people at least with two photos each, one to enroll and one to "
            "identify. Add photos."
        )
    own, other = _nearest(vectors, person, first_of)
    correct = (own < other)[probes]  # NaN is not less
    low, high = confidence_interval(correct, person[probes], person[probes], seed=seed)
    return IdentificationMetrics(
        rank1=float(correct.mean()),
        ci_low=low,
        ci_high=high,
        correct=correct,
        probes=probes,
        curve=_open_set(vectors, person, first_of, splits, seed),
        splits=splits,
        threshold=threshold,
    )


def _open_set(
    vectors: Vectors,
    person: Int64[np.ndarray, " photos"],
    first_of: Int64[np.ndarray, " people"],
    splits: int,
    seed: int,
) -> RocCurve:
    """For each split a half of the people enrolled, the others strangers, all in one curve."""
    parts = []
    for split in range(splits):
        enrolled = _split_known_unknown(np.bincount(person), np.random.default_rng([seed, split]))
        own, other = _nearest(vectors, person, first_of[enrolled])
        named = np.where(own < other, own, np.nan)  # NaN: another is nearer, so never right
        is_enrolled = enrolled[person]
        mate_probe = is_enrolled & ~np.isin(np.arange(len(person)), first_of)
        parts.append((named[mate_probe], np.ones(mate_probe.sum(), np.bool_)))
        parts.append((other[~is_enrolled], np.zeros((~is_enrolled).sum(), np.bool_)))
    return roc_curve(*map(np.concatenate, zip(*parts)))


def _split_known_unknown(
    counts: Int64[np.ndarray, " people"], rng: np.random.Generator
) -> Bool[np.ndarray, " people"]:
    """Half of those with several photos, and half of those with one."""
    is_known = np.zeros(len(counts), np.bool_)
    for group in (np.flatnonzero(counts > 1), np.flatnonzero(counts == 1)):
        is_known[rng.permutation(group)[: (len(group) + 1) // 2]] = True
    return is_known


def _nearest(
    vectors: Vectors, person: Int64[np.ndarray, " photos"], gallery: Int64[np.ndarray, " enrolled"]
) -> tuple[Float64[np.ndarray, " photos"], Float64[np.ndarray, " photos"]]:
    """How far each photo is from its own person's photo in the gallery, and from the nearest of
    another person; infinitely far from one without a face, NaN for one without a face."""
    faceless = np.isnan(vectors[:, 0])
    filled = np.where(faceless[:, None], np.float32(0), vectors)
    nearest = np.empty((2, len(vectors)))
    for start in range(0, len(vectors), AT_A_TIME):
        part = slice(start, start + AT_A_TIME)
        distances = euclidean_distances(filled[part], filled[gallery])
        distances[:, faceless[gallery]] = np.inf
        mine = person[part, None] == person[gallery]
        nearest[:, part] = [np.where(mask, distances, np.inf).min(1) for mask in (mine, ~mine)]
    nearest[:, faceless] = np.nan
    return nearest[0], nearest[1]
