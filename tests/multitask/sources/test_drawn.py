import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from triptych.frame.errors import UnknownNameError
from triptych.multitask.data.source import Cutouts
from triptych.multitask.sources.drawn import Synthetic

FACES = ("happy", "laughing", "skeptical", "sad", "cool", "whoa", "crying", "puking", "nervous")


@pytest.fixture(scope="module")
def test_digits() -> Cutouts:
    return Synthetic().cutouts("digits", "test")


def test_drawn_needs_nothing_fetched():
    assert Synthetic().is_available()


def test_digits_are_shaped_and_named_like_those_of_mnist(test_digits: Cutouts):
    assert test_digits.images.shape == (10_000, 1, 28, 28)
    assert test_digits.names == tuple("0123456789")
    assert test_digits.alpha is None


def test_each_digit_comes_equally_often_and_in_mixed_order(test_digits: Cutouts):
    assert test_digits.labels.bincount().tolist() == [1000] * 10
    assert test_digits.labels[:100].unique().numel() == 10


def test_digits_are_the_same_each_time(test_digits: Cutouts):
    again = Synthetic().cutouts("digits", "test")
    assert again.images.equal(test_digits.images)
    assert again.labels.equal(test_digits.labels)


def test_train_and_test_share_no_digit(test_digits: Cutouts):
    train = Synthetic().cutouts("digits", "train")
    assert len(train) == 60_000
    seen = {picture.tobytes() for picture in train.images.numpy()}
    assert not any(picture.tobytes() in seen for picture in test_digits.images.numpy())


def test_faces_are_nine_pictures_with_alpha_in_both_splits():
    train, test = (Synthetic().cutouts("emoji", split) for split in ("train", "test"))
    assert train.names == test.names == FACES
    assert train.labels.tolist() == list(range(9))
    assert train.images.shape == (9, 3, 72, 72)
    assert train.alpha is not None and train.alpha.shape == (9, 72, 72)
    assert train.images.equal(test.images)


def test_an_unknown_subject_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'digits'"):
        Synthetic().cutouts("digit", "train")


@pytest.mark.real
def test_ink_is_spread_as_in_mnist(test_digits: Cutouts, data: Callable[[str], Path]):
    raw = gzip.decompress(data("mnist/train-images-idx3-ubyte.gz").read_bytes())
    mnist = torch.from_numpy(np.frombuffer(raw, np.uint8, 28 * 28 * 10_000, 16).copy()).float()
    ours = test_digits.images.float()
    for share in (mean_ink, inked, core):
        assert share(ours) == pytest.approx(share(mnist), rel=0.15)


def mean_ink(pictures: Tensor) -> float:
    return pictures.mean().item()


def inked(pictures: Tensor) -> float:
    return (pictures > 0).float().mean().item()


def core(pictures: Tensor) -> float:
    return ((pictures > 250).sum() / (pictures > 0).sum()).item()
