"""The smallest circle around points, by steps that gradients can pass."""

import torch
from jaxtyping import Float
from torch import Tensor

FRANK_WOLFE_STEPS = 16  # two or three points determine the circle; each step exchanges one
MIN_SQUARED_RADIUS = 1e-6  # square pixels: a root at 0 has no finite gradient


def smallest_enclosing_circle(points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch 3"]:
    """The smallest circle (x, y, radius) around each set of points, in their unit.

    For points around a rim it is exact to about a hundredth of a pixel. Solves the dual problem:
    weights on the points, positive for those that determine the circle only, found by pairwise
    Frank–Wolfe steps (Lacoste-Julien & Jaggi 2015). The center is the weighted mean and has its
    gradient, with the weights held constant; the gradient of the radius is then exact (envelope
    theorem).
    """
    points = points.float()
    with torch.no_grad():
        weights = _frank_wolfe_weights(points)[..., None]
    center = (weights * points).sum(1)
    squared_radius = (weights * (points - center[:, None]).square()).sum((1, 2))
    return torch.cat([center, (squared_radius + MIN_SQUARED_RADIUS).sqrt()[:, None]], 1)


def _frank_wolfe_weights(points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch count"]:
    """The dual weight of each point: they sum to 1 and are 0 for points inside the circle."""
    weights = torch.zeros_like(points[..., 0])
    farthest = (points - points.mean(1, keepdim=True)).square().sum(2).argmax(1, keepdim=True)
    weights.scatter_(1, farthest, 1.0)
    for _ in range(FRANK_WOLFE_STEPS):
        center = (weights[..., None] * points).sum(1, keepdim=True)
        distance = (points - center).square().sum(2)
        outer = distance.argmax(1, keepdim=True)
        inner = distance.masked_fill(weights <= 0, torch.inf).argmin(1, keepdim=True)
        gain = distance.gather(1, outer) - distance.gather(1, inner)
        ends = [points.gather(1, index[..., None].expand(-1, 1, 2)) for index in (outer, inner)]
        length = (ends[0] - ends[1]).square().sum(2)
        step = torch.minimum(gain / (2 * length).clamp(min=1e-9), weights.gather(1, inner))
        weights.scatter_add_(1, outer, step).scatter_add_(1, inner, -step)
    return weights
