"""Splits are kept where they are stated, and follow from names alone where they are not."""

from pathlib import Path

import numpy as np
import pytest

from triptych.multitask.annotated.splits import SplitShares, assign_splits, split_images
from triptych.multitask.structures.annotated_image import AnnotatedImage

NAMES = [f"{number}.png" for number in range(3000)]
NONE = [None] * 3000


def split(names=NAMES, stated=None, groups=None, labels=None, shares=None):
    count = len(names)
    numbers = np.full(count, -1) if labels is None else np.array(labels)
    shares = shares or SplitShares()
    return assign_splits(names, stated or [None] * count, groups or [None] * count, numbers, shares)


def test_each_split_gets_its_share():
    counts = np.bincount(split(shares=SplitShares(0.1, 0.2)))
    assert counts / 3000 == pytest.approx([0.7, 0.1, 0.2], abs=0.03)


def test_an_image_stays_where_it_is_whatever_others_come():
    assert (split()[:1000] == split(NAMES[:1000])).all()


def test_stated_splits_are_kept():
    stated = ["train", "validation", "test"] * 1000
    assert split(stated=stated).tolist() == [0, 1, 2] * 1000


def test_a_split_that_is_not_stated_is_taken_from_training():
    stated = ["test" if number < 1000 else "train" for number in range(3000)]
    numbers = split(stated=stated)
    assert (numbers[:1000] == 2).all()
    assert not (numbers[1000:] == 2).any()
    assert (numbers[1000:] == 1).mean() == pytest.approx(0.15, abs=0.03)


def test_groups_stay_together():
    groups = [f"patient {number // 10}" for number in range(3000)]
    numbers = split(groups=groups).reshape(-1, 10)
    assert (numbers == numbers[:, :1]).all()
    assert len(np.unique(numbers)) == 3


def test_small_classes_are_in_every_split():
    numbers = split(NAMES[:200], labels=[number // 20 for number in range(200)])
    for one in numbers.reshape(10, 20):
        assert np.bincount(one).tolist() == [14, 3, 3]


def test_images_within_one_file_are_split_by_their_own_names(folder: Path, opened):
    shard = folder / "a.tar"
    images = [AnnotatedImage(shard, offset=n, size=1, name=f"{n}.png") for n in range(300)]
    numbers = split_images(opened(images))
    assert numbers.tolist() == split([f"a.tar{n}.png" for n in range(300)]).tolist()
    assert len(np.unique(numbers)) == 3
