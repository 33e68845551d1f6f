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

from .digit_paths import DIGIT_PATHS
from .splines import catmull_rom_weights

SEGMENTS = 64  # each then shorter than a pixel of a digit 20 pixels high


@dataclass(frozen=True)
class StrokeBank:
    """All paths of all digits side by side, padded with zeros.

    `shares` sum to 1 over the paths of a digit. `points` lie in 0 … 1, y down. `starts` and
    `ends` weigh the points to give the two ends of each piece.
    """

    probabilities: Float[Tensor, "digit path"]
    points: Float[Tensor, "digit path point 2"]
    starts: Float[Tensor, "digit path piece point"]
    ends: Float[Tensor, "digit path piece point"]


@cache
def load_strokes() -> StrokeBank:
    """The paths of `skeletons.py`, read and cut."""
    most = max(map(len, DIGIT_PATHS.values()))
    widest = max(path.count(",") for paths in DIGIT_PATHS.values() for _, path in paths)
    shares = np.zeros((len(DIGIT_PATHS), most), np.float32)
    points = np.zeros((len(DIGIT_PATHS), most, widest, 2), np.float32)
    weights = np.zeros((2, len(DIGIT_PATHS), most, SEGMENTS, widest), np.float32)
    for digit, paths in DIGIT_PATHS.items():
        for row, (share, path) in enumerate(paths):
            own = parse_points(path)
            shares[digit, row] = share
            points[digit, row, : len(own)] = own / 100
            weights[:, digit, row, :, : len(own)] = segment_weights(path, SEGMENTS)
    shares /= shares.sum(1, keepdims=True)
    return StrokeBank(*map(torch.from_numpy, (shares, points, *weights)))


def parse_points(path: str) -> Float64[np.ndarray, "points 2"]:
    """The points of a path.

    >>> read("5,25 30,2! 60,5; 0,9").tolist()
    [[5.0, 25.0], [30.0, 2.0], [60.0, 5.0], [0.0, 9.0]]
    """
    words = path.replace("!", "").replace(";", "").split()
    return np.array([[float(number) for number in word.split(",")] for word in words])


def split_runs(path: str) -> Iterator[slice]:
    """The stretches of points that one smooth curve each runs through.

    >>> [(run.start, run.stop) for run in runs("0,0 9,0! 9,9; 1,1 2,2")]
    [(0, 2), (1, 3), (3, 5)]
    """
    first, words = 0, path.split()
    for last, word in enumerate(words):
        if word.endswith(("!", ";")) or last == len(words) - 1:
            yield slice(first, last + 1)
            first = last if word.endswith("!") else last + 1


def segment_weights(path: str, segments: int) -> Float64[np.ndarray, "2 pieces points"]:
    """The weights of the points for the starts and the ends of the pieces, all about as long."""
    points, stretches = parse_points(path), list(split_runs(path))
    lengths = [np.linalg.norm(np.diff(points[run], axis=0), axis=1).sum() for run in stretches]
    bounds = np.round(np.cumsum([0, *lengths]) / sum(lengths) * segments).astype(int)
    weights = np.zeros((2, segments, len(points)))
    for run, (low, high) in zip(stretches, pairwise(bounds.tolist())):
        curve = catmull_rom_weights(points[run], high - low)
        weights[:, low:high, run] = curve[:-1], curve[1:]
    return weights
