"""JoinedSets: several annotated sets as one, whose names are united."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray

from ..structures.annotated_image import AnnotatedImage
from .annotated_set import AnnotatedSet


class JoinedSets:
    """The images of several sets, one set behind the other, as `AnnotatedSet` gives those of one.

    Classes and attributes of the same name are the same. What a set does not state of its images is
    not known of them.
    """

    def __init__(self, sets: Sequence[AnnotatedSet]):
        """
        Parameters:
            sets: one or more.
        """
        self.sets = tuple(sets)
        self.classes = _united(one.classes for one in self.sets)
        self._starts = np.cumsum([0, *map(len, self.sets)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def path(self) -> Path:
        """The table of the first set, beside which arrays may be kept."""
        return self.sets[0].path

    @property
    def root(self) -> str:
        """Where the images lie, in words."""
        return " and ".join(str(one.root) for one in self.sets)

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digits that change with anything that is known of the images."""
        return hashlib.sha256(json.dumps([one.digest for one in self.sets]).encode()).hexdigest()

    @cached_property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each attribute of images, by its name."""
        stated = [one.attributes for one in self.sets]
        return {
            name: _united(values.get(name, ()) for values in stated) for name in _united(stated)
        }

    @property
    def region_classes(self) -> tuple[str, ...]:
        """The classes of objects and of masks, among which those of whole images need not be."""
        return _united(one.region_classes for one in self.sets)

    @cached_property
    def labels(self) -> Int[ndarray, " images"]:
        """The class of each image, a number in `classes`; −1 for none."""
        return self.beside(lambda one: _renumbered(one.labels, one.classes, self.classes))

    def attribute(self, name: str) -> Int[ndarray, " images"]:
        """The number of an attribute's value of each image; −1 where it is not known.

        Parameters:
            name: of the attribute.
        """

        def numbers(one: AnnotatedSet) -> ndarray:
            if name not in one.attributes:
                return np.full(len(one), -1)
            values = one.attributes[name]
            return _renumbered(one.attribute(name), values, self.attributes[name])

        return self.beside(numbers)

    @cached_property
    def counts(self) -> Int[ndarray, " images"]:
        """How many objects each image has; −1 where nobody looked."""
        return self.beside(lambda one: one.counts)

    def flags(self, name: str) -> Bool[ndarray, " images"]:
        """A column that says yes or no.

        Parameters:
            name: of the column: "has_box", "has_circle", "has_outlines", "all_boxes",
                "all_circles" or "all_labelled".
        """
        return self.beside(lambda one: one.flags(name))

    def strings(self, name: str) -> list[str | None]:
        """A column of text: "file", "group" or "split".

        Parameters:
            name: of the column.
        """
        return [text for one in self.sets for text in one.strings(name)]

    def image(self, index: int, *, objects: bool = True) -> AnnotatedImage:
        """All that is known of an image.

        Parameters:
            index: its number.
            objects: whether its objects are read too.
        """
        number = int(np.searchsorted(self._starts, index, "right")) - 1
        return self.sets[number].image(index - int(self._starts[number]), objects=objects)

    def beside(self, of_one: Callable[[AnnotatedSet], ndarray]) -> ndarray:
        """An array over the images of all sets.

        Parameters:
            of_one: gives that of one set.
        """
        return np.concatenate([of_one(one) for one in self.sets])


def sets_of(annotated: AnnotatedSet | JoinedSets) -> tuple[AnnotatedSet, ...]:
    """The sets that are joined; a set itself, where it is one.

    Parameters:
        annotated: one set, or several as one.
    """
    return annotated.sets if isinstance(annotated, JoinedSets) else (annotated,)


def _united(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All names, each once, in the order in which they come."""
    return tuple(dict.fromkeys(name for some in names for name in some))


def _renumbered(
    numbers: Int[ndarray, " images"], names: Sequence[str], among: Sequence[str]
) -> Int[ndarray, " images"]:
    """Numbers of names as numbers in another list that has them all; −1 stays."""
    places = {name: number for number, name in enumerate(among)}
    return np.array([*(places[name] for name in names), -1])[numbers]
