"""The worst pairs, worked by hand."""

from pathlib import Path

import numpy as np

from triptych.faces.metrics.pairs import Pairs
from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.report.hard_pairs import find_errors
from triptych.faces.report.verification_section import compare_pairs

PHOTOS = [ImageFile(f"{name}/{number}.png", name, Path()) for name in "ab" for number in range(4)]
ANGLES = [0.0, 0.1, 0.2, 1.2, 2.0, 2.1, np.nan, 0.15]  # the fourth lies apart, the last with a
VECTORS = np.stack([np.cos(ANGLES), np.sin(ANGLES)], 1).astype(np.float32)


def all_pairs() -> Pairs:
    """All 28 pairs in two folds."""
    first, second = np.triu_indices(8, 1)
    person = np.repeat([0, 1], 4)
    fold = np.arange(28) % 2
    return Pairs(first, second, person[first] == person[second], fold, "pairs", person)


COMPARED = compare_pairs(all_pairs(), "by hand", VECTORS, PHOTOS, threshold=0.3)


def test_the_worst_come_first_and_pairs_without_a_face_are_counted():
    told = find_errors(COMPARED.verification, COMPARED.pairs, PHOTOS, limit=2)
    assert told.num_without_face == 7
    assert (
        told.num_false_accepts + told.num_false_rejects + 7
        == (~COMPARED.verification.correct).sum()
    )
    assert len(told.false_accepts) == len(told.false_rejects) == 2
    for pairs, sign in ((told.false_accepts, -1), (told.false_rejects, 1)):
        beyond = [sign * (pair.distance - pair.threshold) for pair in pairs]
        assert beyond == sorted(beyond, reverse=True) and beyond[-1] > 0
    assert {photo.name for pair in told.false_accepts for photo in (pair.first, pair.second)} >= {
        "b/3.png"
    }
    worst = told.false_rejects[0]
    assert np.isclose(worst.distance, 2 * np.sin((2.1 - 0.15) / 2), atol=1e-3)
    assert worst.names == ("b/1", "b/3")
