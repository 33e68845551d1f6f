"""Boxes, circles and masks: one from another, and how far two of a kind overlap.

Pixel frame: x to the right, y down, in pixels; pixel i covers the interval from i to i + 1. A box
is (left, top, right, bottom), a circle (x, y, radius). All functions take batches; the overlaps
are differentiable and their gradients finite everywhere, so 1 − overlap serves as a loss.
"""

import math
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor

EPSILON = 1e-9  # square pixels: an area below this is none


def mask_to_box(masks: Bool[Tensor, "batch height width"]) -> Float[Tensor, "batch 4"]:
    """The tight box around each mask's pixels; zeros for an empty mask.

    >>> box_of_mask(torch.tensor([[[False, False], [False, True]]]))
    tensor([[1., 1., 2., 2.]])
    """
    columns, rows = masks.any(1).float(), masks.any(2).float()
    right = columns.shape[1] - columns.flip(1).argmax(1)
    bottom = rows.shape[1] - rows.flip(1).argmax(1)
    boxes = torch.stack([columns.argmax(1), rows.argmax(1), right, bottom], 1).float()
    return boxes * masks.flatten(1).any(1)[:, None]


def mask_to_circle(masks: Bool[Tensor, "batch height width"]) -> Float[Tensor, "batch 3"]:
    """The smallest circle that holds each mask's pixels whole, corners included; zeros if empty.

    OpenCV finds it (Welzl 1991) around the corners, so the circle encloses the mask's area as the
    tight box does, and a single pixel has the radius √½. OpenCV takes one mask at a time: work
    for when a dataset opens, not for training.

    >>> circle_of_mask(torch.ones(1, 2, 2, dtype=torch.bool))
    tensor([[1.0000, 1.0000, 1.4143]])
    """
    circles = [cv2.minEnclosingCircle(corners) for corners in _hull_candidates(masks.cpu())]
    values = [(*centre, radius) if any(centre) else (0.0,) * 3 for centre, radius in circles]
    return torch.tensor(values, dtype=torch.float32, device=masks.device).reshape(-1, 3)


def _hull_candidates(
    masks: Bool[Tensor, "batch height width"],
) -> Float32[np.ndarray, "batch points 2"]:
    """The outer corners (x, y) of the first and last pixel of each row, among which are all
    corners of the convex hull. Empty rows repeat a corner of another; all zeros for no pixel."""
    used, width = masks.any(2), masks.shape[2]
    left = masks.float().argmax(2)
    right = width - masks.flip(2).float().argmax(2)
    top = torch.arange(masks.shape[1]).expand_as(left)
    some = used.float().argmax(1, keepdim=True)
    ends = [
        torch.where(used, edge, edge.gather(1, some)) * used.any(1, keepdim=True)
        for edge in (left, right, top, top + 1)
    ]
    x = torch.stack([ends[0], ends[1], ends[0], ends[1]], 2)
    y = torch.stack([ends[2], ends[2], ends[3], ends[3]], 2)
    return torch.stack([x, y], 3).flatten(1, 2).float().numpy()


def box_iou(
    first: Float[Tensor, "batch 4"], second: Float[Tensor, "batch 4"]
) -> Float[Tensor, " batch"]:
    """Intersection over union of areas. A box with right < left or bottom < top is empty; two
    empty boxes overlap fully if equal, else not at all.

    >>> box_iou(torch.tensor([[0., 0., 2., 2.]]), torch.tensor([[1., 0., 3., 2.]]))
    tensor([0.3333])
    """
    upper_left = torch.maximum(first[:, :2], second[:, :2])
    lower_right = torch.minimum(first[:, 2:], second[:, 2:])
    shared = (lower_right - upper_left).clamp(min=0).prod(1)
    areas = [(box[:, 2:] - box[:, :2]).clamp(min=0).prod(1) for box in (first, second)]
    return _safe_iou(shared, areas[0] + areas[1] - shared, (first == second).all(1))


def circle_iou(
    first: Float[Tensor, "batch 3"], second: Float[Tensor, "batch 3"]
) -> Float[Tensor, " batch"]:
    """Intersection over union of areas, by the exact area of the lens two circles share.

    >>> circle_iou(torch.tensor([[5., 5., 1.]]), torch.tensor([[5., 5., 2.]]))
    tensor([0.2500])
    """
    offset = first[:, :2] - second[:, :2]
    distance = (offset.square().sum(1) + 1e-24).sqrt()  # a root at 0 has no slope
    radii = first[:, 2].clamp(min=0), second[:, 2].clamp(min=0)
    shared = _LensArea.apply(distance, *radii)
    areas = [math.pi * radius.square() for radius in radii]
    return _safe_iou(shared, areas[0] + areas[1] - shared, (first == second).all(1))


def mask_iou(
    first: Bool[Tensor, "batch height width"], second: Bool[Tensor, "batch height width"]
) -> Float[Tensor, " batch"]:
    """Intersection over union of pixels (Jaccard index). Two empty masks agree: 1.

    >>> mask_iou(torch.tensor([[[True, True]]]), torch.tensor([[[True, False]]]))
    tensor([0.5000])
    """
    shared = (first & second).flatten(1).sum(1)
    union = (first | second).flatten(1).sum(1)
    return torch.where(union > 0, shared / union.clamp(min=1), 1.0)


def _safe_iou(shared: Tensor, union: Tensor, equal: Tensor) -> Tensor:
    overlap = (shared / union.clamp(min=EPSILON)).clamp(max=1)
    return torch.where(union > EPSILON, overlap, equal.to(overlap.dtype))


class _LensArea(torch.autograd.Function):
    """The area two circles share. Its slopes are known in closed form (2·r·angle for a radius,
    minus the chord for the distance); autograd through acos would give NaN where circles touch."""

    @staticmethod
    def forward(ctx: Any, distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
        one = _half_angle(distance, first, second)
        two = _half_angle(distance, second, first)
        ctx.save_for_backward(first, second, one, two)
        return first**2 * (one - one.sin() * one.cos()) + second**2 * (two - two.sin() * two.cos())

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (slope,) = slopes
        first, second, one, two = ctx.saved_tensors
        chord = 2 * first * one.sin()
        return -slope * chord, slope * 2 * first * one, slope * 2 * second * two


def _half_angle(distance: Tensor, radius: Tensor, other: Tensor) -> Tensor:
    """Half the angle under which a circle's centre sees the shared chord: 0 where the circles are
    apart, π where this one lies inside the other."""
    cosine = distance**2 + radius**2 - other**2
    return (cosine / (2 * distance * radius).clamp(min=1e-30)).clamp(-1, 1).acos()
