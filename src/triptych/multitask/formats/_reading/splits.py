"""The words by which people call the three splits."""

import re

WORDS = {
    "train": ("train", "training", "trn"),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing", "tst"),
}
SPLITS = {word: split for split, words in WORDS.items() for word in words}


def split_of(word: str | None) -> str | None:
    """The split that a word means: "train", "validation" or "test"; None for any other word.

    Parameters:
        word: the name of a folder, or a cell of a table.

    >>> split_of("Valid"), split_of("cats")
    ('validation', None)
    """
    return SPLITS.get(word.strip().lower()) if word else None


def split_in(name: str) -> str | None:
    """The split whose word stands in a name, bounded by what is no letter; None for none.

    Parameters:
        name: of a file: "train-00000-of-00001.parquet".

    >>> split_in("train-00000.tar"), split_in("pets_val"), split_in("constraint.csv")
    ('train', 'validation', None)
    """
    splits = (split_of(word) for word in re.split(r"[^A-Za-z]+", name))
    return next((split for split in splits if split), None)
