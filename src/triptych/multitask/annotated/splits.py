"""Splits of annotated images: as stated, else by a hash of their names that never changes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ..structures.split import SPLITS
from .annotated_set import AnnotatedSet

FEW = 200  # images of a class: below, each split gets its share of the class exactly


@dataclass(frozen=True)
class SplitShares:
    """Which share of the images each split gets, where nobody states it; the rest is for training.

    Parameters:
        validation: 0 … 1.
        test: 0 … 1.
    """

    validation: float = 0.15
    test: float = 0.15


def assign_splits(
    names: Sequence[str],
    stated: Sequence[str | None],
    groups: Sequence[str | None],
    labels: Int[ndarray, " images"],
    shares: SplitShares = SplitShares(),
) -> Int[ndarray, " images"]:
    """The split of each image: 0 for training, 1 for validation, 2 for test.

    A stated split is kept. Where no image is stated to be of validation (of test), a share of those
    for training becomes it, by a hash of the name: an image stays where it is, whatever others come
    or go. Images of a group stay together. Of classes with few images each split gets its share:
    they are ranked by their hash, and the ranks divided.

    Parameters:
        names: of the images, relative to their set.
        stated: "train", "validation" or "test"; None where it is not stated.
        groups: what must stay together; None for an image on its own.
        labels: class numbers; −1 for none.
        shares: of validation and test.
    """
    numbers = {name: number for number, name in enumerate(SPLITS)}
    splits = np.array([-1 if one is None else numbers[one] for one in stated], np.int64)
    given = {name for name, number in numbers.items() if (splits == number).any()}
    validation = 0.0 if "validation" in given else shares.validation
    test = 0.0 if "test" in given else shares.test
    free = np.flatnonzero(splits <= 0)
    keys = [names[row] if groups[row] is None else f"group {groups[row]}" for row in free.tolist()]
    places = np.array([place_of(key) for key in keys])
    if all(group is None for group in groups):
        places = _evened(places, labels[free])
    splits[free] = np.select([places < test, places < test + validation], [2, 1], 0)
    return splits


def split_images(
    annotated: AnnotatedSet, shares: SplitShares = SplitShares()
) -> Int[ndarray, " images"]:
    """The split of each image of a set, as `assign_splits` numbers them.

    Parameters:
        annotated: the images.
        shares: of validation and test, where nothing states them.
    """
    return assign_splits(
        image_names(annotated),
        annotated.strings("split"),
        annotated.strings("group"),
        annotated.labels,
        shares,
    )


def image_names(annotated: AnnotatedSet) -> list[str]:
    """What tells each image of a set from the others: its file, and its name within that.

    Parameters:
        annotated: the images.
    """
    files, within = annotated.strings("file"), annotated.strings("name")
    return [f"{file}{name or ''}" for file, name in zip(files, within)]


def place_of(name: str) -> float:
    """A number from 0 to 1 that follows from a name alone.

    Parameters:
        name: of an image, or of what holds several together.
    """
    digest = hashlib.blake2b(name.encode("utf8", "surrogateescape"), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2.0**56


def _evened(
    places: Float[ndarray, " images"], labels: Int[ndarray, " images"]
) -> Float[ndarray, " images"]:
    """The places of images of small classes, spread evenly in each; those without a class are one
    more."""
    order = np.lexsort((places, labels))
    sizes = np.bincount(labels[order] + 1)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of_class = labels[order] + 1
    rank = np.arange(len(order)) - starts[of_class]
    even = (rank + 0.5) / sizes[of_class]
    few = sizes[of_class] < FEW
    result = places.copy()
    result[order[few]] = even[few]
    return result
