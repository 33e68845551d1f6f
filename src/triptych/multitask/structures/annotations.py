"""Answers: what a head says, and what was true, in one form for both."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from ...frame.storage.images import Letterbox


@dataclass(frozen=True)
class Class:
    """One of several names, with its probability from 0 to 1."""

    name: str
    probability: float = 1.0

    def placed(self, placement: Letterbox) -> "Class":
        """Itself: a class has no place."""
        return self

    def json(self) -> dict[str, Any]:
        return {"name": self.name, "probability": round(self.probability, 4)}


@dataclass(frozen=True)
class Box:
    """A box in pixels, y down."""

    left: float
    top: float
    right: float
    bottom: float

    def placed(self, placement: Letterbox) -> "Box":
        """The same box in the picture that was letterboxed so."""
        sides = np.array([[self.left, self.top, self.right, self.bottom]], float)
        return Box(*map(float, placement.box_to_original(sides)[0]))

    def json(self) -> dict[str, Any]:
        return {name: round(value, 2) for name, value in vars(self).items()}


@dataclass(frozen=True)
class Circle:
    """A circle in pixels, y down."""

    x: float
    y: float
    radius: float

    def placed(self, placement: Letterbox) -> "Circle":
        """The same circle in the picture that was letterboxed so."""
        circle = np.array([[self.x, self.y, self.radius]], float)
        return Circle(*map(float, placement.circle_to_original(circle)[0]))

    def json(self) -> dict[str, Any]:
        return {name: round(value, 2) for name, value in vars(self).items()}


@dataclass(frozen=True, eq=False)
class Mask:
    """The pixels of the foreground: those with a probability above one half."""

    probability: Float[ndarray, "height width"]

    @property
    def pixels(self) -> Bool[ndarray, "height width"]:
        return self.probability > 0.5

    def placed(self, placement: Letterbox) -> "Mask":
        """The same mask in the picture that was letterboxed so."""
        return Mask(placement.mask_to_original(self.probability).astype(np.float32))

    def json(self) -> dict[str, Any]:
        """Area in pixels and COCO's run-length code, counted down the columns."""
        return _extent(self.pixels)


@dataclass(frozen=True, eq=False)
class Map:
    """A class for every pixel; 0 is background."""

    classes: Int[ndarray, "height width"]
    names: tuple[str, ...]

    def placed(self, placement: Letterbox) -> "Map":
        """The same map in the picture that was letterboxed so."""
        return Map(placement.classes_to_original(self.classes), self.names)

    def json(self) -> dict[str, Any]:
        """For each class that appears, its area in pixels and run-length code."""
        found = [int(number) for number in np.unique(self.classes) if number]
        return {self.names[number]: _extent(self.classes == number) for number in found}


Answer = Class | Box | Circle | Mask | Map


def _extent(mask: Bool[ndarray, "height width"]) -> dict[str, Any]:
    return {"area": int(mask.sum()), "rle": run_lengths(mask)}


def run_lengths(mask: Bool[ndarray, "height width"]) -> dict[str, list[int]]:
    """COCO's uncompressed run-length code: lengths of runs of 0 and 1 in turn, column by column.

    >>> run_lengths(np.array([[False, True], [True, True]]))
    {'size': [2, 2], 'counts': [1, 3]}
    """
    flat = mask.T.ravel()
    borders = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], borders, [flat.size]]))
    counts = [0, *runs.tolist()] if flat.size and flat[0] else runs.tolist()
    return {"size": list(mask.shape), "counts": counts}
