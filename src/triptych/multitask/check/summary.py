"""What there is in a set: counts, classes by split, sizes of pictures, possible heads."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from ..annotated.targets import possible_targets
from ..structures.split import SPLITS
from .checked_set import CheckedSet
from .object_table import KINDS

COMMON = 8  # sizes of pictures that are listed


@dataclass(frozen=True)
class Summary:
    """What there is in a set.

    Parameters:
        path: as it was named.
        format: the name of its format.
        images: in each split.
        split_is_stated: whether the annotations say the splits; else they are those of training.
        objects: in each split.
        counted: what `classes` counts: "objects" or "pictures".
        classes: how many there are in each split, by the name of the class.
        targets: how many pictures each possible target has, by its name.
        sides: smallest, median and largest width, height and area in pixels.
        sizes: the commonest widths and heights, with how many pictures have them.
        size_count: how many different sizes there are.
        shapes: how many objects have a shape of each kind.
    """

    path: str
    format: str
    images: dict[str, int]
    split_is_stated: bool
    objects: dict[str, int]
    counted: str
    classes: dict[str, dict[str, int]]
    targets: dict[str, int]
    sides: dict[str, tuple[int, int, int]]
    sizes: list[tuple[int, int, int]]
    size_count: int
    shapes: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        return dict(vars(self))


def summarize(checked: CheckedSet, path: str) -> Summary:
    """What there is in a set.

    Parameters:
        checked: the set.
        path: as it was named.
    """
    counted, counts = class_counts(checked)
    objects = checked.objects
    sides, sizes, size_count = _sizes(checked)
    return Summary(
        path=path,
        format=checked.annotated.format,
        images=_by_split(checked.splits),
        split_is_stated=checked.split_is_stated,
        objects=_by_split(checked.splits[objects.images]),
        counted=counted,
        classes={
            name: dict(zip(SPLITS, row))
            for name, row in zip(checked.annotated.classes, counts.tolist())
        },
        targets={
            name: int(images.sum()) for name, images in possible_targets(checked.annotated).items()
        },
        sides=sides,
        sizes=sizes,
        size_count=size_count,
        shapes=_shapes(checked),
    )


def class_counts(checked: CheckedSet) -> tuple[str, Int[ndarray, "classes splits"]]:
    """How many there are of each class in each split, and what is counted.

    Objects are counted where they have classes, else pictures.

    Parameters:
        checked: the set.
    """
    objects, labels = checked.objects, checked.annotated.labels
    named = objects.labels >= 0
    if named.any():
        what, labels, splits = "objects", objects.labels[named], checked.splits[objects.images]
        splits = splits[named]
    else:
        what, splits = "pictures", checked.splits[labels >= 0]
        labels = labels[labels >= 0]
    shape = (len(checked.annotated.classes), len(SPLITS))
    counts = np.bincount(labels * len(SPLITS) + splits, minlength=shape[0] * shape[1])
    return what, counts.reshape(shape)


def _by_split(splits: Int[ndarray, " rows"]) -> dict[str, int]:
    return dict(zip(SPLITS, np.bincount(splits, minlength=len(SPLITS)).tolist()))


def _shapes(checked: CheckedSet) -> dict[str, int]:
    counts = np.bincount(checked.objects.kinds, minlength=len(KINDS)).tolist()
    return {name or "no shape": count for name, count in zip(KINDS, counts) if count}


def _sizes(
    checked: CheckedSet,
) -> tuple[dict[str, tuple[int, int, int]], list[tuple[int, int, int]], int]:
    sizes = checked.sizes()
    sizes = sizes[(sizes > 0).all(1)]
    if not len(sizes):
        return {}, [], 0
    width, height = sizes.T
    columns = {"width": width, "height": height, "pixels": width * height}
    sides = {
        name: (int(values.min()), int(np.median(values)), int(values.max()))
        for name, values in columns.items()
    }
    distinct, counts = np.unique(sizes, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:COMMON]
    listed = [(*map(int, distinct[at]), int(counts[at])) for at in order]
    return sides, listed, len(distinct)  # pyright: ignore[reportReturnType]
