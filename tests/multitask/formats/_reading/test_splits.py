"""Words for splits."""

import pytest

from triptych.multitask.formats._reading.splits import split_in, split_of


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("train", "train"),
        (" Training ", "train"),
        ("VALID", "validation"),
        ("dev", "validation"),
        ("tst", "test"),
        ("trained", None),
        ("", None),
        (None, None),
    ],
)
def test_a_word_means_a_split(word: str | None, split: str | None):
    assert split_of(word) == split


def test_the_first_word_of_a_name_that_means_a_split_says_it():
    assert split_in("pets-val-00003.tar") == "validation"
    assert split_in("attestation-7.tar") is None
