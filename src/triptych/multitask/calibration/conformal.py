"""Intervals around shapes by split conformal prediction."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

SIDES = ("outer", "inner")
SMALLEST = 1.0  # pixels, of what margins are a share of


@dataclass(frozen=True)
class IntervalGeometry:
    """How a kind of shape grows and shrinks. Lengths are shares of the predicted shape's size, so
    that large things have wide intervals (the multiplicative ones of de Grancey et al. 2022).

    Parameters:
        excess: of predicted and true shapes (batch, numbers): by how much the first must grow to
            hold the second, and by how much it must shrink to lie within it, (batch, 2).
        grow: shapes (batch, numbers) that are larger by a length; smaller where it is negative.
        is_empty: which shapes (batch, numbers) hold nothing.
    """

    excess: Callable[[Tensor, Tensor], Tensor]
    grow: Callable[[Tensor, float], Tensor]
    is_empty: Callable[[Tensor], Tensor]


def conformal_margin(scores: Float[Tensor, " images"], confidence: float) -> float:
    """The length that the score of one more image stays within, with so much confidence.

    The ⌈(n + 1) · confidence⌉-th smallest of n scores (Papadopoulos et al. 2002; Lei et al. 2018,
    algorithm 2): that holds for any network and any distribution, as long as the image is drawn as
    these were. Infinite where there are too few.

    Parameters:
        scores: of images that were not trained on.
        confidence: 0 … 1.

    >>> conformal_margin(torch.arange(1.0, 10.0), 0.9)
    9.0
    """
    rank = math.ceil((len(scores) + 1) * confidence - 1e-9)
    return float(scores.kthvalue(rank).values) if 1 <= rank <= len(scores) else math.inf


def _box_size(boxes: Float[Tensor, "batch 4"]) -> Float[Tensor, "batch 1"]:
    """The geometric mean of both sides, in pixels."""
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp(min=SMALLEST)
    return sides.prod(1, keepdim=True).sqrt()


def _outwards(boxes: Float[Tensor, "batch 4"]) -> Float[Tensor, "batch 4"]:
    """The sides, such that those of a larger box are larger."""
    return boxes * boxes.new_tensor([-1, -1, 1, 1])


def _box_excess(
    predicted: Float[Tensor, "batch 4"], true: Float[Tensor, "batch 4"]
) -> Float[Tensor, "batch 2"]:
    apart = _outwards(true - predicted) / _box_size(predicted)
    return torch.stack([apart.amax(1), (-apart).amax(1)], 1)


def _grow_boxes(boxes: Float[Tensor, "batch 4"], length: float) -> Float[Tensor, "batch 4"]:
    return boxes + _outwards(_box_size(boxes).expand(-1, 4)) * length


def _circle_excess(
    predicted: Float[Tensor, "batch 3"], true: Float[Tensor, "batch 3"]
) -> Float[Tensor, "batch 2"]:
    distance = (true[:, :2] - predicted[:, :2]).norm(dim=1)
    radii = predicted[:, 2], true[:, 2]
    larger = torch.stack([distance + radii[1] - radii[0], distance + radii[0] - radii[1]], 1)
    return larger / predicted[:, 2:].clamp(min=SMALLEST)


def _grow_circles(circles: Float[Tensor, "batch 3"], length: float) -> Float[Tensor, "batch 3"]:
    radii = circles[:, 2:]
    return torch.cat([circles[:, :2], radii + radii.clamp(min=SMALLEST) * length], 1)


BOX_INTERVALS = IntervalGeometry(
    _box_excess, _grow_boxes, lambda boxes: (boxes[:, 2:] <= boxes[:, :2]).any(1)
)
CIRCLE_INTERVALS = IntervalGeometry(
    _circle_excess, _grow_circles, lambda circles: circles[:, 2] <= 0
)
