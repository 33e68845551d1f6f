"""Where is each thing, as a box?"""

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import VERMILION, Color
from ..detection.pairwise import ShapeGeometry
from ..structures.annotations import BoundingBox, Circle
from ..structures.geometry import box_iou
from ._detection.detection_head import MAX_EXPONENT, DetectionHead


def box_area(boxes: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch"]:
    """The area of boxes (left, top, right, bottom), in square pixels."""
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


class BoxesHead(DetectionHead):
    """The box (left, top, right, bottom), class and score of every object."""

    target_name = "boxes"
    color = VERMILION
    numbers = 4
    geometry = ShapeGeometry(box_iou, box_area)
    annotation_class = BoundingBox
    shape_name = "boxes"

    @staticmethod
    def centers_and_half_sides(
        shapes: Float[Tensor, "*batch 4"],
    ) -> tuple[Float[Tensor, "*batch 2"], Float[Tensor, "*batch 2"]]:
        """The middle of each box, and half its sides."""
        return (shapes[..., :2] + shapes[..., 2:]) / 2, (shapes[..., 2:] - shapes[..., :2]) / 2

    @staticmethod
    def to_shapes(
        raw: Float[Tensor, "cells 4"], cells: Float[Tensor, "cells 2"], stride: int
    ) -> Float[Tensor, "cells 4"]:
        """Boxes by the logarithms of the distances of their sides from the cell (FCOS, Tian et al.
        2019)."""
        sides = raw.clamp(max=MAX_EXPONENT).exp() * stride
        return torch.cat([cells - sides[:, :2], cells + sides[:, 2:]], 1)

    @staticmethod
    def draw_shape(canvas: ImageCanvas, shape: BoundingBox | Circle, color: Color | None) -> None:
        """Outline one box."""
        assert isinstance(shape, BoundingBox)
        canvas.box(shape.left, shape.top, shape.right, shape.bottom, color=color)
