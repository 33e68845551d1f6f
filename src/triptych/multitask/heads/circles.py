"""Where is each thing, as a circle around it?"""

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import PINK, Color
from ..detection.pairwise import ShapeGeometry
from ..structures.annotations import BoundingBox, Circle
from ..structures.geometry import circle_area, circle_iou
from ._detection.detection_head import MAX_EXPONENT, DetectionHead
from ._detection.flipped import average_maps


class CirclesHead(DetectionHead):
    """The circle (x, y, radius), class and score of every object."""

    answer_kind = "circles"
    target_name = "circles"
    color = PINK
    numbers = 3
    geometry = ShapeGeometry(circle_iou, circle_area)
    annotation_class = Circle
    shape_name = "circles"

    @staticmethod
    def centers_and_half_sides(
        shapes: Float[Tensor, "*batch 3"],
    ) -> tuple[Float[Tensor, "*batch 2"], Float[Tensor, "*batch 2"]]:
        """The center of each circle, and its radius both ways."""
        return shapes[..., :2], shapes[..., 2:].expand(*shapes.shape[:-1], 2)

    @staticmethod
    def to_shapes(
        raw: Float[Tensor, "cells 3"], cells: Float[Tensor, "cells 2"], stride: int
    ) -> Float[Tensor, "cells 3"]:
        """Circles by the offset of their center from the cell and the logarithm of their radius."""
        radius = raw[:, 2:].clamp(max=MAX_EXPONENT).exp() * stride
        return torch.cat([cells + raw[:, :2] * stride, radius], 1)

    def average_flipped(
        self,
        output: Float[Tensor, "batch maps rows columns"],
        flipped: Float[Tensor, "batch maps rows columns"],
    ) -> Float[Tensor, "batch maps rows columns"]:
        """The mean in each cell; in a mirror offsets to the right are to the left.

        Where cells do not divide the image's width they have no mirror: then the output as it is.
        """
        if self.size[1] % self.stride:
            return output
        order, signs = (0, 1, 2), (-1, 1, 1)
        classes = len(self.names)
        return average_maps(output, flipped, classes=classes, order=order, signs=signs)

    @staticmethod
    def draw_shape(canvas: ImageCanvas, shape: BoundingBox | Circle, color: Color | None) -> None:
        """Outline one circle."""
        assert isinstance(shape, Circle)
        canvas.circle(shape.x, shape.y, shape.radius, color=color)
