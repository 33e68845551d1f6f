"""The paths of digits as matrices that map their points to short straight segments.

A Catmull-Rom curve is linear in its points, so the ends of the segments are `weights @ points`:
whoever moves the points moves the whole curve, for a batch of digits at once.
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

SEGMENTS = 64  # a path: each is then shorter than a pixel of a digit 20 pixels high


@dataclass(frozen=True)
class StrokeBank:
    """All paths of all digits, padded with zeros.

    Parameters:
        probabilities: of each path among those of its digit.
        points: (x, y) of each path, 0 … 1, y down.
        starts: weights of the points for the starts of the segments.
        ends: weights of the points for the ends of the segments.
    """

    probabilities: Float[Tensor, "digit path"]
    points: Float[Tensor, "digit path point 2"]
    starts: Float[Tensor, "digit path piece point"]
    ends: Float[Tensor, "digit path piece point"]


@cache
def load_strokes() -> StrokeBank:
    """The paths of `digit_paths.py`, parsed and divided into segments."""
    max_paths = max(map(len, DIGIT_PATHS.values()))
    max_points = max(path.count(",") for paths in DIGIT_PATHS.values() for _, path in paths)
    probabilities = np.zeros((len(DIGIT_PATHS), max_paths), np.float32)
    points = np.zeros((len(DIGIT_PATHS), max_paths, max_points, 2), np.float32)
    weights = np.zeros((2, len(DIGIT_PATHS), max_paths, SEGMENTS, max_points), np.float32)
    for digit, paths in DIGIT_PATHS.items():
        for row, (share, path) in enumerate(paths):
            own = parse_points(path)
            probabilities[digit, row] = share
            points[digit, row, : len(own)] = own / 100
            weights[:, digit, row, :, : len(own)] = segment_weights(path, SEGMENTS)
    probabilities /= probabilities.sum(1, keepdims=True)
    return StrokeBank(*map(torch.from_numpy, (probabilities, points, *weights)))


def parse_points(path: str) -> Float64[np.ndarray, "points 2"]:
    """The points of a path.

    >>> parse_points("5,25 30,2! 60,5; 0,9").tolist()
    [[5.0, 25.0], [30.0, 2.0], [60.0, 5.0], [0.0, 9.0]]
    """
    words = path.replace("!", "").replace(";", "").split()
    return np.array([[float(number) for number in word.split(",")] for word in words])


def split_runs(path: str) -> Iterator[slice]:
    """The runs of points that one smooth curve each goes through.

    A corner (`!`) ends a run and begins the next; a lifted pen (`;`) ends one.

    >>> [(run.start, run.stop) for run in split_runs("0,0 9,0! 9,9; 1,1 2,2")]
    [(0, 2), (1, 3), (3, 5)]
    """
    first, words = 0, path.split()
    for last, word in enumerate(words):
        if word.endswith(("!", ";")) or last == len(words) - 1:
            yield slice(first, last + 1)
            first = last if word.endswith("!") else last + 1


def segment_weights(path: str, segments: int) -> Float64[np.ndarray, "2 pieces points"]:
    """The weights of a path's points for the starts and the ends of its segments.

    Parameters:
        path: as in `digit_paths.py`.
        segments: how many, all about as long.
    """
    points, runs = parse_points(path), list(split_runs(path))
    lengths = [np.linalg.norm(np.diff(points[run], axis=0), axis=1).sum() for run in runs]
    bounds = np.round(np.cumsum([0, *lengths]) / sum(lengths) * segments).astype(int)
    weights = np.zeros((2, segments, len(points)))
    for run, (low, high) in zip(runs, pairwise(bounds.tolist())):
        knots = catmull_rom_weights(points[run], high - low)
        weights[:, low:high, run] = knots[:-1], knots[1:]
    return weights
