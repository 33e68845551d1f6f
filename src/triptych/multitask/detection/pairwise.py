"""Overlaps of each shape in an image with each other one."""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

PAIRS_AT_ONCE = 1 << 22  # that are held in memory together

Overlap = Callable[[Tensor, Tensor], Tensor]
"""Intersection over union of each of N shapes with its partner: (N, numbers) twice to (N,)."""

Measure = Callable[[Tensor], Tensor]
"""A number for each shape: (…, numbers) to (…)."""


@dataclass(frozen=True)
class ShapeGeometry:
    """What is to be known of a kind of shape to find, suppress and match objects of it.

    Parameters:
        iou: intersection over union of pairs, differentiable.
        area: of a shape, in square pixels.
    """

    iou: Overlap
    area: Measure


def images_within_memory(ones: int, others: int) -> int:
    """Of how many images all pairs are compared together, so that memory stays bounded.

    Parameters:
        ones: shapes an image.
        others: shapes an image that they are compared with.
    """
    return max(1, PAIRS_AT_ONCE // max(1, ones * others))


def pairwise_iou(
    iou: Overlap,
    first: Float[Tensor, "batch ones numbers"],
    second: Float[Tensor, "batch others numbers"],
) -> Float[Tensor, "batch ones others"]:
    """Intersection over union of each shape of an image with each of its others.

    Parameters:
        iou: of pairs.
        first: shapes, as many an image.
        second: other shapes of the same images.
    """
    batch, ones, numbers = first.shape
    others = second.shape[1]
    shape = (batch, ones, others, numbers)
    pairs = first[:, :, None].expand(shape), second[:, None].expand(shape)
    return iou(*(side.reshape(-1, numbers) for side in pairs)).view(shape[:3])


def pairwise_containment(
    geometry: ShapeGeometry,
    first: Float[Tensor, "batch ones numbers"],
    second: Float[Tensor, "batch others numbers"],
) -> Float[Tensor, "batch ones others"]:
    """The share of the area of each shape of an image that lies in each of its others.

    Parameters:
        geometry: of the kind of shape.
        first: shapes, as many an image.
        second: other shapes of the same images.
    """
    iou = pairwise_iou(geometry.iou, first, second)
    areas = geometry.area(first)[:, :, None], geometry.area(second)[:, None]
    intersection = iou * (areas[0] + areas[1]) / (1 + iou)
    return intersection / areas[0].clamp(min=1e-9)
