"""Smallest circles around the pixels of masks, of all masks at once on their device."""

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from ...structures.geometry import hull_candidates

PAIRS = ((0, 3), (1, 3), (2, 3))  # of four points the last lies outside the circle of the others,
TRIPLES = ((0, 1, 3), (0, 2, 3), (1, 2, 3))  # so it is on the rim of the circle around all
TOLERANCE = 1e-9  # of a squared radius
MOST_EXCHANGES = 64  # the radius grows with each; four to eight suffice for a mask


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

    At most three points determine a circle. As long as a point lies outside, the farthest one
    replaces one of the three (Gärtner 1999, pivoting), which makes the circle larger each time.

    Parameters:
        points: at least one a set; points may be repeated.
    """
    x, y = (axis.double().contiguous() for axis in points.unbind(2))
    center = x.mean(1), y.mean(1)
    support = _farthest(x, y, *center)[1][:, None].repeat(1, 3, 1)
    circle = torch.cat([support[:, 0], torch.zeros_like(support[:, 0, :1])], 1)
    for _ in range(MOST_EXCHANGES):
        distance, farthest = _farthest(x, y, circle[:, 0], circle[:, 1])
        outside = (distance > circle[:, 2] * (1 + TOLERANCE) + TOLERANCE).nonzero()[:, 0]
        if not len(outside):
            break
        four = torch.cat([support, farthest[:, None]], 1)[outside]
        circle[outside], support[outside] = _circle_of_four(four)
    return torch.cat([circle[:, :2], circle[:, 2:].sqrt()], 1).to(points.dtype)


def _farthest(
    x: Float64[Tensor, "batch count"],
    y: Float64[Tensor, "batch count"],
    center_x: Float64[Tensor, " batch"],
    center_y: Float64[Tensor, " batch"],
) -> tuple[Float64[Tensor, " batch"], Float64[Tensor, "batch 2"]]:
    """The squared distance of the point farthest from each center, and that point."""
    across, down = x - center_x[:, None], y - center_y[:, None]
    distance, which = across.mul_(across).addcmul_(down, down).max(1, keepdim=True)
    return distance[:, 0], torch.cat([x.gather(1, which), y.gather(1, which)], 1)


def _circle_of_four(
    four: Float64[Tensor, "batch 4 2"],
) -> tuple[Float64[Tensor, "batch 3"], Float64[Tensor, "batch 3 2"]]:
    """The smallest circle around four points (x, y, squared radius), and three that fix it."""
    triples = four[:, [(*pair, 3) for pair in PAIRS] + list(TRIPLES)]
    centers = torch.cat(
        [
            four[:, [pair[0] for pair in PAIRS]] / 2 + four[:, 3:] / 2,
            _circumcenters(triples[:, 3:]),
        ],
        1,
    )
    squared = (triples[:, :, 2] - centers).square().sum(2)
    distance = (four[:, None] - centers[:, :, None]).square().sum(3).amax(2)
    holds = distance <= squared * (1 + TOLERANCE) + TOLERANCE
    best = squared.masked_fill(~holds, torch.inf).argmin(1)
    each = torch.arange(len(four), device=four.device)
    circle = torch.cat([centers[each, best], squared[each, best, None]], 1)
    return circle, triples[each, best]


def _circumcenters(
    triples: Float64[Tensor, "batch count 3 2"],
) -> Float64[Tensor, "batch count 2"]:
    """The point as far from each of three; not finite where they lie on a line."""
    origin = triples[:, :, 2]
    (ax, ay), (bx, by) = ((triples[:, :, k] - origin).unbind(2) for k in (0, 1))
    a, b = ax.square() + ay.square(), bx.square() + by.square()
    twice_area = 2 * (ax * by - ay * bx)
    offset = torch.stack([(by * a - ay * b), (ax * b - bx * a)], 2)
    return origin + offset / twice_area[:, :, None]
