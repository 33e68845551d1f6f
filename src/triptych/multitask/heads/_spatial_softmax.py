"""Where on a map something is: soft-argmax, which learns places where pooling forgets them."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Places(nn.Module):
    """`count` learnt points per image: each is the mean place under an attention map of its own
    (soft-argmax; Levine et al. 2016, "spatial softmax").

    The maps lean towards `count` directions all around, so that from the start each point looks
    for what lies outermost in its direction; how much they lean is learnt.
    """

    def __init__(self, channels: int, count: int, stride: int):
        super().__init__()
        self.queries = nn.Parameter(torch.randn(count, channels))
        self.lean = nn.Parameter(torch.full((count, 1), 0.5 / stride))
        angle = torch.arange(count) * (2 * math.pi / count)
        self.register_buffer("ways", torch.stack([angle.cos(), angle.sin()], 1), persistent=False)
        self.stride = stride

    ways: Float[Tensor, "count 2"]

    def forward(self, features: Float[Tensor, "batch channels height width"]) -> Tensor:
        """Points (batch, count, 2) as x, y in pixels of the image."""
        batch, channels = features.shape[:2]
        centres = self._centres(features).expand(batch, -1, -1)
        # in float32: half a pixel of 144 is lost in bfloat16
        seen = features.permute(0, 2, 3, 1).flatten(1, 2).float()
        keys = torch.cat([seen, centres], 2)
        queries = torch.cat([self.queries, self.lean * self.ways], 1).expand(batch, -1, -1)
        values = F.pad(centres, (0, channels))  # fused attention wants them as long as the keys
        with torch.autocast(features.device.type, enabled=False):
            points = F.scaled_dot_product_attention(
                queries[:, None], keys[:, None], values[:, None], scale=1.0
            )
        return points[:, 0, :, :2]

    def _centres(self, features: Tensor) -> Float[Tensor, "cells 2"]:
        """Where the middle of each cell lies in the image, row by row."""
        height, width = features.shape[-2:]
        y = (torch.arange(height, device=features.device) + 0.5) * self.stride
        x = (torch.arange(width, device=features.device) + 0.5) * self.stride
        return torch.stack([x.repeat(height), y.repeat_interleave(width)], 1)


ROUNDS = 16  # of two or three points that hold the circle, each round exchanges one


def enclosing(points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch 3"]:
    """The smallest circle (x, y, radius) around each set of points; where these lie around a rim,
    to about a hundredth of a pixel.

    The dual problem: weights on the points, largest where the points that hold the circle are;
    solved by pairwise Frank–Wolfe steps (Lacoste-Julien & Jaggi 2015). The centre is the weighted
    mean and its slope that of the mean; the radius has its exact slope (envelope theorem).
    """
    points = points.float()
    with torch.no_grad():
        weights = _weights(points)[..., None]
    centre = (weights * points).sum(1)
    spread = (weights * (points - centre[:, None]).square()).sum((1, 2))
    return torch.cat([centre, (spread + 1e-6).sqrt()[:, None]], 1)


def _weights(points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch count"]:
    """How much each point holds the smallest circle: sums to 1, zero for points inside."""
    weights = torch.zeros_like(points[..., 0])
    farthest = (points - points.mean(1, keepdim=True)).square().sum(2).argmax(1, keepdim=True)
    weights.scatter_(1, farthest, 1.0)
    for _ in range(ROUNDS):
        centre = (weights[..., None] * points).sum(1, keepdim=True)
        distance = (points - centre).square().sum(2)
        outer = distance.argmax(1, keepdim=True)
        inner = distance.masked_fill(weights <= 0, torch.inf).argmin(1, keepdim=True)
        gain = distance.gather(1, outer) - distance.gather(1, inner)
        ways = [points.gather(1, place[..., None].expand(-1, 1, 2)) for place in (outer, inner)]
        length = (ways[0] - ways[1]).square().sum(2)
        step = torch.minimum(gain / (2 * length).clamp(min=1e-9), weights.gather(1, inner))
        weights.scatter_add_(1, outer, step).scatter_add_(1, inner, -step)
    return weights
