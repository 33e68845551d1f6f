"""Where is each thing, as a box?"""

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import VIOLET, Color
from ..detection.pairwise import ShapeGeometry
from ..structures.annotations import BoundingBox, Circle
from ..structures.geometry import box_area, box_iou
from ._detection.detection_head import MAX_EXPONENT, DetectionHead
from ._detection.flipped import average_maps


class BoxesHead(DetectionHead):
    """The box (left, top, right, bottom), class and score of every object."""

    answer_kind = "boxes"
    target_name = "boxes"
    color = VIOLET
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

    def average_flipped(
        self,
        output: Float[Tensor, "batch maps rows columns"],
        flipped: Float[Tensor, "batch maps rows columns"],
    ) -> Float[Tensor, "batch maps rows columns"]:
        """The mean in each cell; in a mirror left and right change places.

        Where cells do not divide the image's width they have no mirror: then the output as it is.
        """
        if self.size[1] % self.stride:
            return output
        order, signs = (2, 1, 0, 3), (1, 1, 1, 1)
        classes = len(self.names)
        return average_maps(output, flipped, classes=classes, order=order, signs=signs)

    @staticmethod
    def draw_shape(canvas: ImageCanvas, shape: BoundingBox | Circle, color: Color | None) -> None:
        """Outline one box."""
        assert isinstance(shape, BoundingBox)
        canvas.box(shape.left, shape.top, shape.right, shape.bottom, color=color)
