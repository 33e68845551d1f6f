"""Pairs of faces side by side."""

from pathlib import Path

import numpy as np

from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.report.hard_pairs import MisclassifiedPair
from triptych.faces.report.pair_sheet import _note, pair_images, side_by_side, worst_pairs_sheet

from .test_hard_pairs import COMPARED, PHOTOS


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
