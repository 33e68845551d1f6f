"""From a distance to a probability: a logistic curve (Platt 1999)."""

import numpy as np
from jaxtyping import Float64, Int64

ROUNDS = 100
TOLERANCE = 1e-10  # a step that changes the curve no more


def fit_platt(
    distances: Float64[np.ndarray, " levels"],
    genuine: Int64[np.ndarray, " levels"],
    impostor: Int64[np.ndarray, " levels"],
) -> tuple[float, float]:
    """Slope and intercept of the log odds of one person by distance; both kinds of pairs weigh the
    same.

    Platt's softened targets keep the curve finite where distances separate all pairs. The slope is
    0 at most: greater distances are never likelier one person's.

    Parameters:
        distances: ascending levels.
        genuine: pairs of one person at each level.
        impostor: pairs of two people at each level.
    """
    rows = np.flatnonzero(genuine + impostor)
    x = np.stack([distances[rows], np.ones(len(rows))])
    ours, theirs = genuine[rows] / genuine.sum(), impostor[rows] / impostor.sum()
    sure, unsure = (genuine.sum() + 1) / (genuine.sum() + 2), 1 / (impostor.sum() + 2)
    positive, weight = ours * sure + theirs * unsure, ours + theirs
    slope, intercept = _newton(x, positive, weight)
    if slope > 0:  # the best curve that does not rise is level
        slope, intercept = 0.0, float(np.log(positive.sum() / (weight - positive).sum()))
    return slope, intercept


def _newton(
    x: Float64[np.ndarray, "2 levels"],
    positive: Float64[np.ndarray, " levels"],
    weight: Float64[np.ndarray, " levels"],
) -> tuple[float, float]:
    """Newton's method, with half steps while a step makes the fit worse."""

    def loss(at: Float64[np.ndarray, " 2"]) -> float:
        odds = at @ x
        return float(weight @ np.logaddexp(0, odds) - positive @ odds)

    parameters = np.zeros(2)
    for _ in range(ROUNDS):
        share = 1 / (1 + np.exp(-np.clip(parameters @ x, -500, 500)))
        slope = x @ (weight * share - positive)
        hessian = (x * (weight * share * (1 - share))) @ x.T + 1e-12 * np.eye(2)
        step = np.linalg.solve(hessian, slope)
        while loss(parameters - step) > loss(parameters) and np.abs(step).max() > TOLERANCE:
            step /= 2
        parameters = parameters - step
        if np.abs(step).max() < TOLERANCE:
            break
    return float(parameters[0]), float(parameters[1])
