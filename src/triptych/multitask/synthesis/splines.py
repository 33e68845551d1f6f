"""Smooth curves through given points (Catmull & Rom 1974)."""

import numpy as np
from jaxtyping import Float64


def catmull_rom_weights(
    points: Float64[np.ndarray, "points 2"], segments: int
) -> Float64[np.ndarray, "knots points"]:
    """The matrix that maps the points to `segments + 1` knots along the curve through them.

    Parameters:
        points: two or more; the curve begins at the first and ends at the last.
        segments: how many pieces the knots, which are about evenly spaced, divide it into.

    >>> points = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    >>> (catmull_rom_weights(points, 4) @ points)[:, 0].tolist()
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1).cumsum()
    along = np.interp(np.linspace(0, steps[-1], segments + 1), [0, *steps], np.arange(len(points)))
    span = np.minimum(along.astype(int), len(points) - 2)
    powers = (along - span)[:, None] ** np.arange(4)
    cubic = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
    own = np.eye(len(points))
    # the curve is continued in a straight line beyond its ends
    extended = np.vstack([2 * own[0] - own[1], own, 2 * own[-1] - own[-2]])
    return np.einsum("ln,lnp->lp", powers @ cubic, extended[span[:, None] + np.arange(4)])
