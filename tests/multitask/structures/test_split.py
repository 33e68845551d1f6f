"""The splits of a dataset."""

from typing import get_args

from triptych.multitask.structures.split import SPLITS, Split


def test_all_splits_are_in_their_order():
    assert get_args(Split) == SPLITS == ("train", "validation", "test")
