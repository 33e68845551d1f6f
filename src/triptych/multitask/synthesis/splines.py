"""Smooth curves through given points (Catmull and Rom 1974)."""

import numpy as np
from jaxtyping import Float64


def catmull_rom_weights(
    points: Float64[np.ndarray, "points 2"], segments: int
) -> Float64[np.ndarray, "places points"]:
    """The weights of the points for the ends of `pieces` pieces of the curve through them.

    The places are about evenly spaced; the first and the last are the points' own.

    >>> points = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    >>> (smooth(points, 4) @ points)[:, 0].tolist()
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1).cumsum()
    along = np.interp(np.linspace(0, steps[-1], segments + 1), [0, *steps], np.arange(len(points)))
    span = np.minimum(along.astype(int), len(points) - 2)
    powers = (along - span)[:, None] ** np.arange(4)
    cubic = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
    own = np.eye(len(points))
    # beyond its ends a curve runs on as it came
    all_points = np.vstack([2 * own[0] - own[1], own, 2 * own[-1] - own[-2]])
    return np.einsum("ln,lnp->lp", powers @ cubic, all_points[span[:, None] + np.arange(4)])
