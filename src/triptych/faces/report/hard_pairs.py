"""The pairs of photos that are misclassified worst."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from jaxtyping import Int64

from ..metrics.pairs import Pairs
from ..metrics.verification import VerificationMetrics
from ..photos.identity_folder import ImageFile

SHOWN = 12  # pairs of each kind


@dataclass(frozen=True)
class MisclassifiedPair:
    """A pair on the wrong side of its fold's threshold.

    Parameters:
        first: a photo.
        second: the other.
        distance: between them, Euclidean, 0 … 2.
        threshold: of their fold.
    """

    first: ImageFile
    second: ImageFile
    distance: float
    threshold: float

    @property
    def names(self) -> tuple[str, str]:
        """The two photos, as short as they can be told apart from those of others."""
        return _display_name(self.first), _display_name(self.second)

    def to_dict(self) -> dict[str, Any]:
        """As evaluation.json holds it."""
        return {
            "first": self.first.name,
            "second": self.second.name,
            "distance": round(self.distance, 4),
            "threshold": round(self.threshold, 4),
        }


@dataclass(frozen=True)
class PairErrors:
    """How many pairs are misclassified, and the worst of them: the farther on the wrong side, the
    earlier.

    Parameters:
        false_accepts: two people within the threshold; the worst only.
        false_rejects: one person beyond it; the worst only.
        num_false_accepts: all of them.
        num_false_rejects: all of them.
        num_without_face: pairs with a photo without a face, which the other two do not count.
    """

    false_accepts: tuple[MisclassifiedPair, ...]
    false_rejects: tuple[MisclassifiedPair, ...]
    num_false_accepts: int
    num_false_rejects: int
    num_without_face: int

    def photos(self) -> list[ImageFile]:
        """The photos of the worst pairs, each once."""
        pairs = self.false_accepts + self.false_rejects
        return list(dict.fromkeys(photo for pair in pairs for photo in (pair.first, pair.second)))


def find_errors(
    metrics: VerificationMetrics, pairs: Pairs, photos: Sequence[ImageFile], *, limit: int = SHOWN
) -> PairErrors:
    """The misclassified pairs of an evaluation.

    Parameters:
        metrics: which pairs are correct, and by how much.
        pairs: what was evaluated.
        photos: all of them, in the order of the pairs' numbers.
        limit: how many of each kind are named.
    """
    wrong = ~metrics.correct & ~np.isnan(metrics.margins)
    accepted, rejected = (np.flatnonzero(wrong & kind) for kind in (~pairs.same, pairs.same))

    def worst(rows: Int64[np.ndarray, " wrong"]) -> tuple[MisclassifiedPair, ...]:
        order = np.argsort(-np.abs(metrics.margins[rows]), kind="stable")[:limit]
        return tuple(named(int(row)) for row in rows[order])

    def named(row: int) -> MisclassifiedPair:
        first, second = photos[pairs.first[row]], photos[pairs.second[row]]
        threshold = metrics.thresholds[pairs.fold[row]]
        return MisclassifiedPair(first, second, float(metrics.margins[row]) + threshold, threshold)

    faceless = int(np.isnan(metrics.margins).sum())
    return PairErrors(worst(accepted), worst(rejected), len(accepted), len(rejected), faceless)


def _display_name(photo: ImageFile) -> str:
    """Its file's name without the ending, if that says whose it is.

    >>> from pathlib import Path
    >>> photos = ImageFile("Ann/Ann_0001.jpg", "Ann", Path()), ImageFile("s1/1.png", "s1", Path())
    >>> [*map(_display_name, photos)]
    ['Ann_0001', 's1/1']
    """
    stem = PurePosixPath(photo.name).stem
    return stem if stem.startswith(PurePosixPath(photo.person).name) else f"{photo.person}/{stem}"
