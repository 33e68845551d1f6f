"""Where on a map something is: soft-argmax, which learns places where pooling forgets them."""

import math

import torch
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
        self.attention = nn.Conv2d(channels, count, 1)
        self.lean = nn.Parameter(torch.full((count, 1), 0.5 / stride))
        angle = torch.arange(count) * (2 * math.pi / count)
        self.register_buffer("ways", torch.stack([angle.cos(), angle.sin()], 1), persistent=False)
        self.stride = stride

    ways: Float[Tensor, "count 2"]

    def forward(self, features: Float[Tensor, "batch channels height width"]) -> Tensor:
        """Points (batch, count, 2) as x, y in pixels of the image."""
        centres = self._centres(features)
        scores = self.attention(features).float().flatten(2)
        weights = (scores + (self.lean * self.ways) @ centres.T).softmax(2)
        return weights @ centres

    def _centres(self, features: Tensor) -> Float[Tensor, "cells 2"]:
        """Where the middle of each cell lies in the image, row by row."""
        height, width = features.shape[-2:]
        y = (torch.arange(height, device=features.device) + 0.5) * self.stride
        x = (torch.arange(width, device=features.device) + 0.5) * self.stride
        return torch.stack([x.repeat(height), y.repeat_interleave(width)], 1)


SHARPNESS = (0.01, 0.03, 0.1, 0.3, 1.0, 1.0)  # per square pixel: from a mean to nearly a maximum


def enclosing(points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch 3"]:
    """Nearly the smallest circle (x, y, radius) around each set of points.

    Its centre minimises a smooth maximum of the squared distances, found by Newton steps while
    the maximum grows sharper. At the minimum the centre is a weighted mean of the points that
    hold the circle; with these weights fixed, the radius has its exact slope (envelope theorem).
    """
    points = points.float()
    with torch.no_grad():
        centre = points.mean(1, keepdim=True)
        weights = points.new_zeros(points.shape[:2])
        for sharpness in SHARPNESS:
            for _ in range(2):
                centre, weights = _newton(points, centre, sharpness)
    held = (weights[..., None] * points).sum(1)
    spread = (weights * (points - held[:, None]).square().sum(2)).sum(1)
    return torch.cat([held, (spread + 1e-6).sqrt()[:, None]], 1)


def _newton(points: Tensor, centre: Tensor, sharpness: float) -> tuple[Tensor, Tensor]:
    """One Newton step for the centre of log Σ exp(sharpness · distance²), and the weights there."""
    offset = centre - points
    weights = (sharpness * offset.square().sum(2)).softmax(1)
    mean = (weights[..., None] * offset).sum(1)
    # Hessian: identity plus 2 · sharpness · covariance of the offsets
    across = torch.einsum("bn,bni,bnj->bij", weights, offset, offset)
    covariance = across - mean[:, :, None] * mean[:, None, :]
    hessian = torch.eye(2, device=points.device) + 2 * sharpness * covariance
    determinant = hessian[:, 0, 0] * hessian[:, 1, 1] - hessian[:, 0, 1] ** 2
    first = hessian[:, 1, 1] * mean[:, 0] - hessian[:, 0, 1] * mean[:, 1]
    second = hessian[:, 0, 0] * mean[:, 1] - hessian[:, 0, 1] * mean[:, 0]
    step = torch.stack([first, second], 1) / determinant[:, None]
    moved = centre - step[:, None]
    return moved, (sharpness * (moved - points).square().sum(2)).softmax(1)
