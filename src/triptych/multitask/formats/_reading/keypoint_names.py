"""Keypoints by their names, as tools write them, in the order in which the names turned up."""

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import Float
from numpy import ndarray

HIDDEN, VISIBLE = 1.0, 2.0  # of keypoints, as COCO counts them


class KeypointNames:
    """Numbers the names of keypoints. Names that turn up later come behind, so that the keypoints
    of earlier objects are merely shorter."""

    def __init__(self, names: Iterable[str] = ()):
        """
        Parameters:
            names: that are known, in their order.
        """
        self._numbers = {name: number for number, name in enumerate(names)}

    @property
    def names(self) -> tuple[str, ...]:
        """All that turned up, in their order."""
        return tuple(self._numbers)

    def array(self, points: Mapping[str, tuple[float, float, float]]) -> Float[ndarray, "points 3"]:
        """The keypoints of one object; those that it has not are 0, 0, 0.

        Parameters:
            points: x, y and visibility by name.
        """
        for name in points:
            self._numbers.setdefault(name, len(self._numbers))
        rows = np.zeros((len(self._numbers), 3))
        for name, values in points.items():
            rows[self._numbers[name]] = values
        return rows
