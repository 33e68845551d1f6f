"""Stored labels to class numbers from 0, and the names of the classes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped

from ....frame.errors import DataError
from .labelled_images import ImageSet

MOST_CLASSES = 256

Labels = Int64[np.ndarray, " _"]


def class_numbers(image_set: ImageSet) -> tuple[dict[str, Labels], tuple[str, ...]]:
    """The labels of all parts as numbers from 0, and the classes they index.

    Where the set names no classes they are called by their labels, which may begin at 0 or 1.

    Parameters:
        image_set: with labels in a form that `LabelledImages` allows.

    Raises DataError for a count that is not the images', several labels an image, labels that are
    no whole numbers, are negative, leave gaps or have no name, and for more than 256 classes.
    """
    origin = image_set.origin
    flat = {split: _flat(part.labels, origin) for split, part in image_set.parts.items()}
    for split, part in image_set.parts.items():
        if len(flat[split]) != len(part.images):
            raise DataError(
                f"Expected a label for each of the {len(part.images)} {split} images, got"
                f" {len(flat[split])} in {origin}. Take both from the same set."
            )
    names = image_set.class_names
    if flat["train"].dtype.kind in "US":
        flat, names = _numbered(flat, names)
    numbers = {split: _whole(labels, split, origin) for split, labels in flat.items()}
    first = image_set.first_label
    if first is None:
        first = _first_label(numbers, names)
    if names is None:
        present = len(np.unique(numbers["train"]))
        names = tuple(str(first + number) for number in range(present))
    if not 2 <= len(names) <= MOST_CLASSES:
        raise DataError(
            f"Expected 2 to {MOST_CLASSES} classes, got {len(names)} in {origin}."
            " Check its labels, or its classes.txt."
        )
    for split, labels in numbers.items():
        _check_range(labels, first, len(names), f"{split} labels of {origin}")
    return {split: labels - first for split, labels in numbers.items()}, names


def read_class_names(folder: Path) -> tuple[str, ...] | None:
    """The classes of a folder's `classes.txt`, a name a line; None where there is no such file.

    Parameters:
        folder: where it may be.

    Raises DataError where it is no text in UTF-8 or names a class twice.
    """
    file = folder / "classes.txt"
    if not file.is_file():
        return None
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"Expected a class name a line in UTF-8 in {file}, got {error}.") from error
    names = tuple(line for line in lines if line)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"Expected each class once in {file}, got '{twice}' again. Rename one.")
    return names


def _flat(labels: Shaped[np.ndarray, "any ..."], origin: Path) -> Shaped[np.ndarray, " _"]:
    """A label an image, of (N,), (N, 1) or (N, classes) with a single 1 in each row."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        return labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "buif":
        one_hot = ((labels == 0) | (labels == 1)).all() and (labels.sum(1) == 1).all()
        if one_hot:
            return labels.argmax(1)
    if labels.ndim != 1:
        shape = "×".join(map(str, labels.shape))
        raise DataError(
            f"Expected one label an image, got an array of {shape} in {origin}. Sets with several"
            " labels an image are not read; keep one column."
        )
    return labels


def _numbered(
    labels: Mapping[str, Shaped[np.ndarray, " _"]], names: tuple[str, ...] | None
) -> tuple[dict[str, Shaped[np.ndarray, " _"]], tuple[str, ...]]:
    """Labels that are words as numbers: in the order of `names`, else in alphabetical order."""
    words = {split: part.astype(str) for split, part in labels.items()}
    if names is None:
        names = tuple(map(str, np.unique(words["train"])))
    index = {name: number for number, name in enumerate(names)}
    numbers = {  # a word that is no class has no number
        split: np.array([index.get(word, len(index)) for word in part])
        for split, part in words.items()
    }
    return numbers, names


def _whole(labels: Shaped[np.ndarray, " _"], split: str, origin: Path) -> Labels:
    whole = labels.dtype.kind in "bui" or (
        labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1 == 0).all()
    )
    if not whole:
        raise DataError(
            f"Expected whole numbers as the {split} labels, got others in {origin}."
            " Number its classes."
        )
    if len(labels) and (labels.min() < 0 or labels.max() > 2**31):
        outside = labels.min() if labels.min() < 0 else labels.max()
        raise DataError(
            f"Expected labels from 0, got {outside} in the {split} labels of {origin}. Leave out"
            " images without a class."
        )
    return labels.astype(np.int64)


def _first_label(numbers: Mapping[str, Labels], names: tuple[str, ...] | None) -> int:
    """1 where labels begin there, and named classes are as many as the highest says; else 0."""
    low = min(int(labels.min()) for labels in numbers.values())
    high = max(int(labels.max()) for labels in numbers.values())
    return int(low == 1 and (names is None or len(names) == high))


def _check_range(labels: Labels, first: int, classes: int, where: str) -> None:
    low, high = int(labels.min()), int(labels.max())
    wrong = low if low < first else high
    if not first <= wrong < first + classes:
        raise DataError(
            f"Expected labels {first} to {first + classes - 1}, one for each class, got {wrong} in"
            f" the {where}. Name all classes in classes.txt there."
        )
