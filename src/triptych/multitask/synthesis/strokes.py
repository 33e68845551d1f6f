"""Paths of a few points, cut into short straight pieces by a matrix.

A Catmull-Rom curve is linear in its points, so the pieces are `weights @ points`: whoever moves
the points moves the whole curve, for a batch of digits at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from .digit_paths import PATHS
from .splines import smooth

PIECES = 64  # each then shorter than a pixel of a digit 20 pixels high


@dataclass(frozen=True)
class Strokes:
    """All paths of all digits side by side, padded with zeros.

    `shares` sum to 1 over the paths of a digit. `points` lie in 0 … 1, y down. `starts` and
    `ends` weigh the points to give the two ends of each piece.
    """

    shares: Float[Tensor, "digit path"]
    points: Float[Tensor, "digit path point 2"]
    starts: Float[Tensor, "digit path piece point"]
    ends: Float[Tensor, "digit path piece point"]


@cache
def strokes() -> Strokes:
    """The paths of `skeletons.py`, read and cut."""
    most = max(map(len, PATHS.values()))
    widest = max(path.count(",") for paths in PATHS.values() for _, path in paths)
    shares = np.zeros((len(PATHS), most), np.float32)
    points = np.zeros((len(PATHS), most, widest, 2), np.float32)
    weights = np.zeros((2, len(PATHS), most, PIECES, widest), np.float32)
    for digit, paths in PATHS.items():
        for row, (share, path) in enumerate(paths):
            own = read(path)
            shares[digit, row] = share
            points[digit, row, : len(own)] = own / 100
            weights[:, digit, row, :, : len(own)] = cut(path, PIECES)
    shares /= shares.sum(1, keepdims=True)
    return Strokes(*map(torch.from_numpy, (shares, points, *weights)))


def read(path: str) -> Float64[np.ndarray, "points 2"]:
    """The points of a path.

    >>> read("5,25 30,2! 60,5; 0,9").tolist()
    [[5.0, 25.0], [30.0, 2.0], [60.0, 5.0], [0.0, 9.0]]
    """
    words = path.replace("!", "").replace(";", "").split()
    return np.array([[float(number) for number in word.split(",")] for word in words])


def runs(path: str) -> Iterator[slice]:
    """The stretches of points that one smooth curve each runs through.

    >>> [(run.start, run.stop) for run in runs("0,0 9,0! 9,9; 1,1 2,2")]
    [(0, 2), (1, 3), (3, 5)]
    """
    first, words = 0, path.split()
    for last, word in enumerate(words):
        if word.endswith(("!", ";")) or last == len(words) - 1:
            yield slice(first, last + 1)
            first = last if word.endswith("!") else last + 1


def cut(path: str, pieces: int) -> Float64[np.ndarray, "2 pieces points"]:
    """The weights of the points for the starts and the ends of the pieces, all about as long."""
    points, stretches = read(path), list(runs(path))
    lengths = [np.linalg.norm(np.diff(points[run], axis=0), axis=1).sum() for run in stretches]
    bounds = np.round(np.cumsum([0, *lengths]) / sum(lengths) * pieces).astype(int)
    weights = np.zeros((2, pieces, len(points)))
    for run, (low, high) in zip(stretches, pairwise(bounds.tolist())):
        curve = smooth(points[run], high - low)
        weights[:, low:high, run] = curve[:-1], curve[1:]
    return weights
