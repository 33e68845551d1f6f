"""Smallest circles around points, of all sets at once on their device, with gradients."""

from itertools import combinations_with_replacement

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from ....frame.training.devices import is_exporting
from ..geometry import hull_candidates

TRIPLES = ((0, 1, 3), (0, 2, 3), (1, 2, 3))  # of four points, the last of which is on the rim
TOLERANCE = 1e-9  # of a squared radius
MOST_EXCHANGES = 64  # the radius grows with each; four to eight suffice for a mask
LEAST_SQUARED = 1e-12  # square pixels: a root at 0 has no finite gradient

Triangles = Float64[Tensor, "*many 3"]
"""The squared sides of triangles."""


def enclosing_circles(masks: Bool[Tensor, "batch height width"]) -> Float[Tensor, "batch 3"]:
    """The smallest circle (x, y, radius) around each mask's pixels, their corners included; zeros
    for an empty mask.

    They are those of `mask_to_circle`, fast enough to be computed for every batch.

    >>> enclosing_circles(torch.ones(1, 2, 2, dtype=torch.bool))
    tensor([[1.0000, 1.0000, 1.4142]])
    """
    return smallest_circles(hull_candidates(masks))


def smallest_circles(points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch 3"]:
    """The smallest circle (x, y, radius) around each set of points, in their unit; exact.

    It is the circle of two or three of the points. Its center is their weighted mean, and has its
    gradient with the weights held constant; the gradient of the radius is then exact (envelope
    theorem of the dual problem).

    Parameters:
        points: at least one a set; points may be repeated.
    """
    exact = points.double()
    with torch.no_grad():
        support = _all_triples(exact) if is_exporting() else _exchange(exact)
    chosen = exact.gather(1, support[..., None].expand(-1, -1, 2))
    with torch.no_grad():
        weights = _weights(_sides(*chosen.unbind(2)))[..., None]
    center = (weights * chosen).sum(1)
    squared = (weights * (chosen - center[:, None]).square()).sum((1, 2))
    radius = squared.clamp(min=LEAST_SQUARED).sqrt() * (squared > 0)
    return torch.cat([center, radius[:, None]], 1).to(points.dtype)


def _exchange(points: Float64[Tensor, "batch count 2"]) -> Int[Tensor, "batch 3"]:
    """Which points determine each circle: as long as a point lies outside, the farthest one
    replaces one of the three (Gärtner 1999, pivoting), which makes the circle larger each time."""
    x, y = (axis.contiguous() for axis in points.unbind(2))
    support = _farthest(x, y, x.mean(1), y.mean(1))[1].expand(-1, 3)
    triples = torch.tensor(TRIPLES, device=points.device)
    for _ in range(MOST_EXCHANGES):
        of_x, of_y = x.gather(1, support), y.gather(1, support)
        sides = _sides(of_x, of_y)
        weights, squared = _weights(sides), _squared_radii(sides)
        distance, farthest = _farthest(x, y, (weights * of_x).sum(1), (weights * of_y).sum(1))
        outside = distance > squared * (1 + TOLERANCE) + TOLERANCE
        if not outside.any():
            break
        four = torch.cat([support, farthest], 1)
        sides = _sides(x.gather(1, four)[:, triples], y.gather(1, four)[:, triples])
        largest = four.gather(1, triples[_squared_radii(sides).argmax(1)])
        support = torch.where(outside[:, None], largest, support)
    return support


def _all_triples(points: Float64[Tensor, "batch count 2"]) -> Int[Tensor, "batch 3"]:
    """The same without a loop, which a graph cannot hold: the circle around all points is the
    largest of those around three (Helly's theorem)."""
    count = int(points.shape[1])
    each = combinations_with_replacement(range(count), 3)
    triples = torch.tensor([*each], device=points.device)
    pairs = (triples.roll(1, 1) * count + triples.roll(-1, 1)).flatten()
    distances = (points[:, :, None] - points[:, None]).square().sum(3).flatten(1)
    sides = distances.index_select(1, pairs).unflatten(1, triples.shape)
    return triples[_squared_radii(sides).argmax(1)]


def _sides(x: Float64[Tensor, "*many 3"], y: Float64[Tensor, "*many 3"]) -> Triangles:
    """The squared length of the side opposite to each of three points."""
    return (x.roll(1, -1) - x.roll(-1, -1)).square() + (y.roll(1, -1) - y.roll(-1, -1)).square()


def _squared_radii(sides: Triangles) -> Float64[Tensor, "*many"]:
    """Of the smallest circle around each triangle: the circumcircle, of a blunt one that around its
    longest side."""
    longest, total = sides.amax(-1), sides.sum(-1)
    area = (sides * (total[..., None] - 2 * sides)).sum(-1)  # squared, times 16
    return torch.where(2 * longest >= total, longest / 4, sides.prod(-1) / area)


def _weights(sides: Triangles) -> Float64[Tensor, "*many 3"]:
    """With which weights the mean of three points is the center of their smallest circle: the
    barycentric coordinates of the circumcenter; of a blunt triangle one half for each end of the
    longest side."""
    longest, opposite = sides.max(-1, keepdim=True)
    total = sides.sum(-1, keepdim=True)
    halves = (torch.arange(3, device=sides.device) != opposite) / 2.0
    sharp = sides * (total - 2 * sides)
    sharp = sharp / sharp.sum(-1, keepdim=True)
    return torch.where(2 * longest >= total, halves.to(sides.dtype), sharp)


def _farthest(
    x: Float64[Tensor, "batch count"],
    y: Float64[Tensor, "batch count"],
    center_x: Float64[Tensor, " batch"],
    center_y: Float64[Tensor, " batch"],
) -> tuple[Float64[Tensor, " batch"], Int[Tensor, "batch 1"]]:
    """The squared distance of the point farthest from each center, and which it is."""
    across, down = x - center_x[:, None], y - center_y[:, None]
    distance, which = across.mul_(across).addcmul_(down, down).max(1, keepdim=True)
    return distance[:, 0], which
