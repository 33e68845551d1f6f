"""Boxes, circles and masks: one from another, and their overlap.

Coordinates are in pixels, x to the right, y down; pixel i covers the interval from i to i + 1. A
box is (left, top, right, bottom), a circle (x, y, radius). All functions take batches. The
overlaps are differentiable with finite gradients everywhere, so 1 − overlap serves as a loss.
"""

import math
from typing import Any

import cv2
import torch
from jaxtyping import Bool, Float
from torch import Tensor

EPSILON = 1e-9  # square pixels: a smaller area is none


def mask_to_box(masks: Bool[Tensor, "batch height width"]) -> Float[Tensor, "batch 4"]:
    """The tight box around each mask's pixels; zeros for an empty mask.

    >>> mask_to_box(torch.tensor([[[False, False], [False, True]]]))
    tensor([[1., 1., 2., 2.]])
    """
    columns, rows = masks.any(1).float(), masks.any(2).float()
    right = columns.shape[1] - columns.flip(1).argmax(1)
    bottom = rows.shape[1] - rows.flip(1).argmax(1)
    boxes = torch.stack([columns.argmax(1), rows.argmax(1), right, bottom], 1).float()
    return boxes * masks.flatten(1).any(1)[:, None]


def mask_to_circle(masks: Bool[Tensor, "batch height width"]) -> Float[Tensor, "batch 3"]:
    """The smallest circle around each mask's pixels, their corners included; zeros for an empty
    mask.

    Computed by OpenCV (Welzl 1991) around the corners, so that the circle encloses the mask's area
    as the tight box does; a single pixel has the radius √½. OpenCV takes one mask at a time: for
    preparing a dataset. `enclosing_circles` takes all at once.

    >>> mask_to_circle(torch.ones(1, 2, 2, dtype=torch.bool))
    tensor([[1.0000, 1.0000, 1.4143]])
    """
    points = hull_candidates(masks.cpu()).numpy()
    circles = [cv2.minEnclosingCircle(corners) for corners in points]
    rows = [(*center, radius) if any(center) else (0.0,) * 3 for center, radius in circles]
    return torch.tensor(rows, dtype=torch.float32, device=masks.device).reshape(-1, 3)


def hull_candidates(
    masks: Bool[Tensor, "batch height width"],
) -> Float[Tensor, "batch points 2"]:
    """The outer corners (x, y) of the first and last pixel of each row, among which are all
    corners of the convex hull. Empty rows repeat a corner of another; all zeros for no pixel."""
    height, width = masks.shape[1:]
    column = torch.arange(width, device=masks.device, dtype=torch.float32)
    right = (masks * (column + 1)).amax(2)  # much faster than argmax
    left = width - (masks * (width - column)).amax(2)
    used = right > 0
    top = torch.arange(height, device=masks.device, dtype=torch.float32).expand_as(left)
    some_row = used.float().argmax(1, keepdim=True)
    left, right, top, bottom = (
        torch.where(used, edge, edge.gather(1, some_row)) * used.any(1, keepdim=True)
        for edge in (left, right, top, top + 1)
    )
    x = torch.stack([left, right, left, right], 2)
    y = torch.stack([top, top, bottom, bottom], 2)
    return torch.stack([x, y], 3).flatten(1, 2)


def box_area(boxes: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch"]:
    """The area of boxes (left, top, right, bottom), in square pixels; 0 of an empty one."""
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def circle_area(circles: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch"]:
    """The area of circles (x, y, radius), in square pixels; 0 of a negative radius."""
    return math.pi * circles[..., 2].clamp(min=0).square()


def box_iou(
    first: Float[Tensor, "batch 4"], second: Float[Tensor, "batch 4"]
) -> Float[Tensor, " batch"]:
    """Intersection over union of the areas of each pair of boxes.

    A box with right < left or bottom < top is empty; two empty boxes have overlap 1 if they are
    equal, else 0.

    Parameters:
        first: left, top, right, bottom of each box.
        second: as many boxes.

    >>> box_iou(torch.tensor([[0., 0., 2., 2.]]), torch.tensor([[1., 0., 3., 2.]]))
    tensor([0.3333])
    """
    upper_left = torch.maximum(first[:, :2], second[:, :2])
    lower_right = torch.minimum(first[:, 2:], second[:, 2:])
    intersection = (lower_right - upper_left).clamp(min=0).prod(1)
    union = box_area(first) + box_area(second) - intersection
    return _safe_iou(intersection, union, (first == second).all(1))


def circle_iou(
    first: Float[Tensor, "batch 3"], second: Float[Tensor, "batch 3"]
) -> Float[Tensor, " batch"]:
    """Intersection over union of the areas of each pair of circles.

    It is exact: by the area of the lens in which they overlap.

    Parameters:
        first: x, y, radius of each circle.
        second: as many circles.

    >>> circle_iou(torch.tensor([[5., 5., 1.]]), torch.tensor([[5., 5., 2.]]))
    tensor([0.2500])
    """
    offset = first[:, :2] - second[:, :2]
    distance = (offset.square().sum(1) + 1e-24).sqrt()  # a root at 0 has no gradient
    radii = first[:, 2].clamp(min=0), second[:, 2].clamp(min=0)
    intersection = _LensArea.apply(distance, *radii)
    union = circle_area(first) + circle_area(second) - intersection
    return _safe_iou(intersection, union, (first == second).all(1))


def mask_iou(
    first: Bool[Tensor, "batch height width"], second: Bool[Tensor, "batch height width"]
) -> Float[Tensor, " batch"]:
    """Intersection over union of pixels (Jaccard index) of each pair of masks.

    It is 1 for two empty masks.

    Parameters:
        first: True in the foreground.
        second: as many masks of the same size.

    >>> mask_iou(torch.tensor([[[True, True]]]), torch.tensor([[[True, False]]]))
    tensor([0.5000])
    """
    intersection = (first & second).flatten(1).sum(1)
    union = (first | second).flatten(1).sum(1)
    return torch.where(union > 0, intersection / union.clamp(min=1), 1.0)


def _safe_iou(intersection: Tensor, union: Tensor, equal: Tensor) -> Tensor:
    """The quotient, with finite gradients; for two shapes without area whether they are equal."""
    iou = (intersection / union.clamp(min=EPSILON)).clamp(max=1)
    return torch.where(union > EPSILON, iou, equal.to(iou.dtype))


class _LensArea(torch.autograd.Function):
    """The area in which two circles overlap. Its derivatives have a closed form (2·r·angle for a
    radius, minus the chord for the distance); autograd through acos gives NaN where circles
    touch."""

    @staticmethod
    def forward(ctx: Any, distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
        one = _half_angle(distance, first, second)
        two = _half_angle(distance, second, first)
        ctx.save_for_backward(first, second, one, two)
        return first**2 * (one - one.sin() * one.cos()) + second**2 * (two - two.sin() * two.cos())

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (grad,) = grad_outputs
        first, second, one, two = ctx.saved_tensors
        chord = 2 * first * one.sin()
        return -grad * chord, grad * 2 * first * one, grad * 2 * second * two


def _half_angle(distance: Tensor, radius: Tensor, other: Tensor) -> Tensor:
    """Half the angle under which a circle's center sees the common chord: 0 where the circles are
    apart, π where this one lies inside the other."""
    cosine = distance**2 + radius**2 - other**2
    return (cosine / (2 * distance * radius).clamp(min=1e-30)).clamp(-1, 1).acos()


def mirror_boxes(boxes: Float[Tensor, "*many 4"], width: float) -> Float[Tensor, "*many 4"]:
    """Boxes of an image mirrored left to right.

    Parameters:
        boxes: left, top, right, bottom in pixels.
        width: of the image.

    >>> mirror_boxes(torch.tensor([1.0, 2.0, 4.0, 5.0]), 10)
    tensor([6., 2., 9., 5.])
    """
    left, top, right, bottom = boxes.unbind(-1)
    return torch.stack([width - right, top, width - left, bottom], -1)


def mirror_circles(circles: Float[Tensor, "*many 3"], width: float) -> Float[Tensor, "*many 3"]:
    """Circles of an image mirrored left to right.

    Parameters:
        circles: x, y and radius in pixels.
        width: of the image.

    >>> mirror_circles(torch.tensor([1.0, 2.0, 4.0]), 10)
    tensor([9., 2., 4.])
    """
    x, y, radius = circles.unbind(-1)
    return torch.stack([width - x, y, radius], -1)
