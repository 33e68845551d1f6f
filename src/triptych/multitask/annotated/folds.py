"""Folds of annotated images for cross-validation: classes in equal shares, groups together."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from ...frame.errors import ConfigError, DataError
from .annotated_set import AnnotatedSet
from .splits import SplitShares, assign_splits, image_names, place_of, split_images

LEFT_OUT = -1


def assign_folds(
    names: Sequence[str],
    groups: Sequence[str | None],
    labels: Int[ndarray, " images"],
    folds: int,
) -> Int[ndarray, " images"]:
    """The fold of each image, 0 to `folds` − 1, by a hash of its name.

    Images of a group are in one fold. Without groups, folds differ by one image at most, and by one
    of each class. With groups, the largest come first, each to the fold where the shares of the
    classes differ least after it (as in scikit-learn's StratifiedGroupKFold).

    Parameters:
        names: of the images, relative to their set.
        groups: what must stay together; None for an image on its own.
        labels: class numbers; −1 for none, which is one more class.
        folds: how many.

    Raises DataError for fewer images, or groups, than folds.
    """
    keys = [name if group is None else f"group {group}" for name, group in zip(names, groups)]
    units, unit_of = np.unique(np.array(keys), return_inverse=True)
    if len(units) < folds:
        raise DataError(
            f"{len(units)} pictures or groups of pictures cannot be divided into {folds} folds. "
            "Take fewer --folds."
        )
    classes = int(labels.max(initial=-1)) + 2
    counts = np.zeros((len(units), classes))
    np.add.at(counts, (unit_of, labels + 1), 1)
    places = np.array([place_of(unit) for unit in units])
    if all(group is None for group in groups):
        order = np.lexsort((places, counts.argmax(1)))
        fold_of = np.empty(len(units), np.int64)
        fold_of[order] = np.arange(len(units)) % folds
    else:
        fold_of = _fewest_first(counts, np.lexsort((places, -counts.sum(1))), folds)
    return fold_of[unit_of]


def split_or_fold(
    annotated: AnnotatedSet, shares: SplitShares, folds: int = 0, fold: int = 1
) -> Int[ndarray, " images"]:
    """The split of each image: 0 for training, 1 for validation, 2 for the test.

    In a part of a cross-validation the test is the fold that is held out, and images that are
    stated to be for the test stay out, with −1.

    Parameters:
        annotated: the images.
        shares: of validation and test; of validation alone where a fold is held out.
        folds: how many; 0 where there is no cross-validation.
        fold: the one that is held out, from 1.

    Raises ConfigError for a fold that is none, DataError for fewer images, or groups, than folds.
    """
    if not folds:
        return split_images(annotated, shares)
    if folds == 1 or not 1 <= fold <= folds:
        raise ConfigError(f"Expected one of 2 folds or more, got fold {fold} of {folds}.")
    stated = np.array([one == "test" for one in annotated.strings("split")], bool)
    used = np.flatnonzero(~stated)
    names, groups = image_names(annotated), annotated.strings("group")
    labels = annotated.labels
    numbers = assign_folds(
        [names[row] for row in used], [groups[row] for row in used], labels[used], folds
    )
    rest = used[numbers != fold - 1]
    splits = np.full(len(names), LEFT_OUT, np.int64)
    splits[used[numbers == fold - 1]] = 2
    splits[rest] = assign_splits(
        [names[row] for row in rest],
        [None] * len(rest),
        [groups[row] for row in rest],
        labels[rest],
        SplitShares(shares.validation, 0.0),
    )
    return splits


def _fewest_first(
    counts: np.ndarray, order: Int[ndarray, " units"], folds: int
) -> Int[ndarray, " units"]:
    """Folds of groups with so many images of each class, taken in an order."""
    total = counts.sum(0).clip(min=1)
    shares = np.zeros((folds, counts.shape[1]))
    sizes = np.zeros(folds)
    fold_of = np.empty(len(counts), np.int64)
    for unit in order:
        share = counts[unit] / total
        spreads = []
        for fold in range(folds):
            shares[fold] += share
            spreads.append((shares.std(0).mean(), sizes[fold], fold))
            shares[fold] -= share
        best = min(spreads)[2]
        fold_of[unit] = best
        shares[best] += share
        sizes[best] += counts[unit].sum()
    return fold_of
