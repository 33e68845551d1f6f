"""Lengths of runs, by which masks are written in many formats."""

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray


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
