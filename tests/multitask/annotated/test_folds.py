"""Folds: every image in one, classes in equal shares, groups together."""

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.annotated.folds import assign_folds

NAMES = [f"{number}.jpg" for number in range(103)]
ALONE = [None] * 103
LABELS = np.array([0] * 70 + [1] * 22 + [2] * 11)


def test_each_class_is_in_all_folds_alike():
    folds = assign_folds(NAMES, ALONE, LABELS, 5)
    sizes = np.bincount(folds, minlength=5)
    assert sizes.sum() == 103 and np.ptp(sizes) <= 1
    for label in range(3):
        assert np.ptp(np.bincount(folds[label == LABELS], minlength=5)) <= 1


def test_they_do_not_depend_on_the_order():
    order = np.random.default_rng(0).permutation(103)
    folds = assign_folds(NAMES, ALONE, LABELS, 4)
    again = assign_folds([NAMES[row] for row in order], ALONE, LABELS[order], 4)
    assert np.array_equal(again, folds[order])


def test_groups_stay_together_and_classes_are_nearly_alike():
    groups = [f"patient {number // 4}" for number in range(103)]
    folds = assign_folds(NAMES, groups, LABELS, 5)
    assert all(len({*folds[start : start + 4].tolist()}) == 1 for start in range(0, 103, 4))
    assert np.ptp(np.bincount(folds, minlength=5)) <= 8
    assert np.ptp(np.bincount(folds[LABELS == 0], minlength=5)) <= 4


def test_images_without_a_class_are_divided():
    folds = assign_folds(NAMES, ALONE, np.full(103, -1), 2)
    assert np.bincount(folds).tolist() == [52, 51]


def test_fewer_groups_than_folds_are_told():
    with pytest.raises(DataError, match="2 pictures or groups"):
        assign_folds(NAMES[:6], ["a"] * 3 + ["b"] * 3, LABELS[:6], 3)
