"""The worst pairs, worked by hand."""

from pathlib import Path

import numpy as np

from triptych.faces.metrics.pairs import Pairs
from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.report.hard_pairs import MisclassifiedPair, find_errors
from triptych.faces.report.pair_sheet import _note, pair_images, side_by_side, worst_pairs_sheet
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


def test_rates_at_the_calibrated_threshold_count_faceless_pairs_as_errors():
    figures = COMPARED.metrics()
    # of the 16 different pairs: 3 of photos 0, 1, 2 with b/3, and 4 with the faceless one
    assert figures["far_at_threshold"] == (3 + 4) / 16
    # of the 12 same pairs, 0-1, 0-2, 1-2 and b/0-b/1 are accepted
    assert figures["frr_at_threshold"] == (12 - 4) / 12
    assert figures.keys() == COMPARED.definitions().keys()
    assert all(COMPARED.definitions().values())


def test_a_pair_is_shown_if_both_faces_are_at_hand():
    told = COMPARED.errors
    crop = np.full((40, 30, 1), 90, np.uint8)
    assert worst_pairs_sheet(told, {}) is None
    assert pair_images(told.false_accepts, {told.false_accepts[0].first.name: crop}) == []
    crops = {photo.name: crop for photo in told.photos()}
    pictures = pair_images(told.false_rejects, crops)
    assert len(pictures) == len(told.false_rejects)
    assert pictures[0][1].shape == (200, 5 * 61, 3)  # five times 30, a gap of 1, and 30
    sheet = worst_pairs_sheet(told, crops)
    assert sheet is not None and (sheet == 90).all(2).any()


def test_two_faces_stand_beside_each_other_unchanged():
    left, right = np.zeros((100, 50, 3), np.uint8), np.full((100, 50, 3), 7, np.uint8)
    both = side_by_side(left, right)
    assert both.shape == (100, 102, 3)
    assert (both[:, :50] == left).all() and (both[:, -50:] == right).all()


def test_a_note_says_the_name_of_one_person_once():
    first, second = (ImageFile(f"Ann/Ann_000{number}.jpg", "Ann", Path()) for number in (1, 2))
    assert _note(MisclassifiedPair(first, second, 1.25, 1.0)) == "1.250   Ann_0001   0002"
    assert _note(MisclassifiedPair(PHOTOS[0], PHOTOS[1], 1.25, 1.0)) == "1.250   a/0   1"
    assert _note(MisclassifiedPair(PHOTOS[0], PHOTOS[5], 0.5, 1.0)) == "0.500   a/0   b/1"
