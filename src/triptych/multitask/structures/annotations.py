"""Annotations: what is true of an image or predicted about it, in one form for both.

Coordinates are in pixels, x to the right, y down; pixel i covers i to i + 1.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from ...frame.storage.letterbox import Letterbox


class Annotation(ABC):
    """What a head says about one image."""

    @abstractmethod
    def to_original(self, letterbox: Letterbox) -> "Annotation":
        """The same annotation in pixels of the image that was letterboxed.

        Parameters:
            letterbox: how the image was scaled and padded for the model.
        """

    def corner(self) -> tuple[float, float] | None:
        """Left and top, in pixels, of what it is about; None where it has no place."""
        return None

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Its values by name, ready for JSON."""

    @abstractmethod
    def summary(self) -> str:
        """Its values in a few words, for a line of text."""


@dataclass(frozen=True)
class ClassLabel(Annotation):
    """One of several names, with its probability, 0 … 1.

    Parameters:
        name: of the class.
        probability: 0 … 1; of the ground truth, 1.
        others: the next best names with their probabilities, best first.
    """

    name: str
    probability: float = 1.0
    others: tuple[tuple[str, float], ...] = ()

    def to_original(self, letterbox: Letterbox) -> "ClassLabel":
        """Itself: a class has no place."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """Name and probability, and where there are next best names, theirs by name."""
        value: dict[str, Any] = {"name": self.name, "probability": round(self.probability, 4)}
        if self.others:
            value["others"] = {name: round(probability, 4) for name, probability in self.others}
        return value

    def summary(self) -> str:
        """
        >>> ClassLabel("7", 0.98).summary()
        '7 (98%)'
        """
        return f"{self.name} ({self.probability:.0%})"


@dataclass(frozen=True)
class BoundingBox(Annotation):
    """A box in pixels, y down.

    Parameters:
        left: edge, from the image's left side.
        top: edge, from the image's top.
        right: edge, from the image's left side.
        bottom: edge, from the image's top.
    """

    left: float
    top: float
    right: float
    bottom: float

    def to_original(self, letterbox: Letterbox) -> "BoundingBox":
        """The same box in pixels of the image that was letterboxed, as far as it lies in it."""
        sides = np.array([[self.left, self.top, self.right, self.bottom]], float)
        left, top, right, bottom = map(float, letterbox.box_to_original(sides)[0])
        width, height = float(letterbox.width), float(letterbox.height)
        return BoundingBox(
            min(max(left, 0.0), width),
            min(max(top, 0.0), height),
            min(max(right, 0.0), width),
            min(max(bottom, 0.0), height),
        )

    def corner(self) -> tuple[float, float] | None:
        """The left upper corner."""
        return self.left, self.top

    def to_dict(self) -> dict[str, Any]:
        """The four sides, to hundredths of a pixel."""
        return {name: round(value, 2) for name, value in vars(self).items()}

    def summary(self) -> str:
        """The four sides, to tenths of a pixel."""
        return _numbers(self)


@dataclass(frozen=True)
class Circle(Annotation):
    """A circle in pixels, y down.

    Parameters:
        x: of the center, from the image's left side.
        y: of the center, from the image's top.
        radius: in pixels.
    """

    x: float
    y: float
    radius: float

    def to_original(self, letterbox: Letterbox) -> "Circle":
        """The same circle in pixels of the image that was letterboxed."""
        circle = np.array([[self.x, self.y, self.radius]], float)
        return Circle(*map(float, letterbox.circle_to_original(circle)[0]))

    def corner(self) -> tuple[float, float] | None:
        """The left upper corner of the box around it."""
        return self.x - self.radius, self.y - self.radius

    def to_dict(self) -> dict[str, Any]:
        """Center and radius, to hundredths of a pixel."""
        return {name: round(value, 2) for name, value in vars(self).items()}

    def summary(self) -> str:
        """
        >>> Circle(14, 13.5, 9.25).summary()
        'x 14.0, y 13.5, radius 9.2'
        """
        return _numbers(self)


@dataclass(frozen=True, eq=False)
class BinaryMask(Annotation):
    """The pixels of the foreground: those with a probability above one half."""

    probability: Float[ndarray, "height width"]

    @property
    def pixels(self) -> Bool[ndarray, "height width"]:
        """True in the foreground."""
        return self.probability > 0.5

    def to_original(self, letterbox: Letterbox) -> "BinaryMask":
        """The same mask at the size of the image that was letterboxed."""
        return BinaryMask(letterbox.mask_to_original(self.probability).astype(np.float32))

    def corner(self) -> tuple[float, float] | None:
        """The left upper corner of the box around its pixels; None where it is empty."""
        rows, columns = (np.flatnonzero(self.pixels.any(axis)) for axis in (1, 0))
        return (float(columns[0]), float(rows[0])) if len(rows) else None

    def to_dict(self) -> dict[str, Any]:
        """Area in pixels, and the run-length code of `rle_encode`."""
        return _area_and_rle(self.pixels)

    def summary(self) -> str:
        """The area."""
        return f"{self.pixels.sum()} px"


@dataclass(frozen=True, eq=False)
class SemanticMap(Annotation):
    """A class for every pixel.

    Parameters:
        classes: a class number per pixel; 0 is the background.
        names: of the classes, by number.
        expected_iou: with the truth, of the things in it, as the probabilities promise it, 0 … 1;
            None of the ground truth.
    """

    classes: Int[ndarray, "height width"]
    names: tuple[str, ...]
    expected_iou: float | None = None

    def to_original(self, letterbox: Letterbox) -> "SemanticMap":
        """The same map at the size of the image that was letterboxed."""
        return replace(self, classes=letterbox.classes_to_original(self.classes))

    def to_dict(self) -> dict[str, Any]:
        """For each class that appears, but the background, its area in pixels and run-length
        code."""
        return {self.names[n]: _area_and_rle(self.classes == n) for n in self._present()}

    def summary(self) -> str:
        """The area of each class that appears."""
        areas = [f"{self.names[n]} {(self.classes == n).sum()} px" for n in self._present()]
        return ", ".join(areas) or "nothing"

    def _present(self) -> list[int]:
        return [int(number) for number in np.unique(self.classes) if number]


def run_lengths(values: Bool[ndarray, " count"]) -> Int[ndarray, " runs"]:
    """Lengths of runs of False and True in turn; the first is 0 where the values begin with True.

    Parameters:
        values: in the order in which they are told.

    >>> run_lengths(np.array([True, True, False])).tolist()
    [0, 2, 1]
    """
    borders = np.flatnonzero(values[1:] != values[:-1]) + 1
    runs = np.diff(np.concatenate([[0], borders, [values.size]]))
    return np.concatenate([[0], runs]) if values.size and values[0] else runs


def rle_encode(mask: Bool[ndarray, "height width"]) -> dict[str, list[int]]:
    """COCO's uncompressed run-length code: lengths of runs of 0 and 1 in turn, column by column.

    >>> rle_encode(np.array([[False, True], [True, True]]))
    {'size': [2, 2], 'counts': [1, 3]}
    """
    return {"size": list(mask.shape), "counts": run_lengths(mask.T.ravel()).tolist()}


def _area_and_rle(mask: Bool[ndarray, "height width"]) -> dict[str, Any]:
    return {"area": int(mask.sum()), "rle": rle_encode(mask)}


def _numbers(annotation: BoundingBox | Circle) -> str:
    """Values rounded as `to_dict` does, then to tenths."""
    return ", ".join(f"{name} {value:.1f}" for name, value in annotation.to_dict().items())
