"""Labels in all the forms they are stored in."""

from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.sources._reading.classes import class_numbers
from triptych.multitask.sources._reading.labelled_images import ImageSet, LabelledImages


def numbers(labels: np.ndarray, names: tuple[str, ...] | None = None) -> tuple[list, tuple]:
    part = LabelledImages(np.zeros((len(labels), 2, 2), np.uint8), labels)
    found, classes = class_numbers(ImageSet({"train": part}, Path("set"), names))
    return found["train"].tolist(), classes


@pytest.mark.parametrize(
    "labels",
    [
        np.array([2, 0, 1]),
        np.array([[2], [0], [1]], np.uint8),
        np.array([2.0, 0.0, 1.0]),
        np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]]),
        np.array([3, 1, 2], np.int64),
    ],
)
def test_columns_one_hot_rows_and_floats_are_read(labels: np.ndarray) -> None:
    assert numbers(labels)[0] == [2, 0, 1]


def test_words_are_numbered_in_alphabetical_order_or_that_of_the_names() -> None:
    words = np.array(["cat", "ant", "bee"])
    assert numbers(words) == ([2, 0, 1], ("ant", "bee", "cat"))
    assert numbers(words, ("bee", "cat", "ant")) == ([1, 2, 0], ("bee", "cat", "ant"))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.array([0.5, 1]), "Expected whole numbers"),
        (np.array([np.nan, 1]), "Expected whole numbers"),
        (np.array([-1, 0, 1]), "Expected labels from 0, got -1 in the train labels"),
        (np.array([0, 1, 2**40]), "Expected labels from 0, got 1099511627776"),
        (np.array([[0, 1, 1], [1, 0, 0]]), "Expected one label an image, got an array of 2×3"),
        (np.array([0, 2, 3]), "Expected labels 0 to 2"),
    ],
)
def test_other_labels_are_refused(labels: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        numbers(labels)


def test_each_image_needs_a_label() -> None:
    part = LabelledImages(np.zeros((3, 2, 2), np.uint8), np.array([0, 1]))
    with pytest.raises(DataError, match="each of the 3 train images, got 2"):
        class_numbers(ImageSet({"train": part}, Path("set")))
