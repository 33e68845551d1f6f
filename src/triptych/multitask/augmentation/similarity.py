"""Similarity transforms of a batch of images: mirror, turn, scale and shift.

Points are x, y in pixels, y down; pixel i covers i to i + 1.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Similarity:
    """Where each point of each image goes: linear · point + offset.

    Parameters:
        linear: a rotation or reflection, times `scale`.
        offset: x, y in pixels.
        scale: pixels there per pixel here.
    """

    linear: Float[Tensor, "batch 2 2"]
    offset: Float[Tensor, "batch 2"]
    scale: Float[Tensor, " batch"]

    def points(self, points: Float[Tensor, "batch count 2"]) -> Float[Tensor, "batch count 2"]:
        """Where points of each image come to lie.

        Parameters:
            points: x, y in pixels.
        """
        return apply_linear(self.linear, points) + self.offset[:, None]

    def mirrored(self) -> Bool[Tensor, " batch"]:
        """Whose images are seen in a mirror: left and right hands change places."""
        (a, b), (c, d) = (row.unbind(1) for row in self.linear.unbind(1))
        return a * d < b * c

    def source(
        self, size: tuple[int, int]
    ) -> tuple[Float[Tensor, "batch height width"], Float[Tensor, "batch height width"]]:
        """Where the center of each pixel comes from: x and y.

        Parameters:
            size: height and width of the images in pixels.
        """
        inverse = self.linear.transpose(1, 2) / self.scale.square()[:, None, None]
        offset = -apply_linear(inverse, self.offset[:, None])[:, 0]
        device = self.offset.device
        down = torch.arange(size[0], device=device) + 0.5
        across = torch.arange(size[1], device=device) + 0.5
        x, y = (
            (inverse[:, axis, 1, None] * down + offset[:, axis, None])[:, :, None]
            + (inverse[:, axis, 0, None] * across)[:, None, :]
            for axis in (0, 1)
        )
        return x, y


def apply_linear(
    linear: Float[Tensor, "batch 2 2"], points: Float[Tensor, "batch count 2"]
) -> Float[Tensor, "batch count 2"]:
    """The product of each matrix with each point of its image.

    Written out, for a matrix product may round differently in batches of another size.

    Parameters:
        linear: a matrix for each image.
        points: x, y.
    """
    x, y = points.unbind(2)
    rows = [row[:, :1] * x + row[:, 1:] * y for row in linear.unbind(1)]
    return torch.stack(rows, 2)


def orthogonal(
    *,
    degrees: Float[Tensor, " batch"],
    quarters: Int[Tensor, " batch"],
    flip: Bool[Tensor, " batch"],
    vertical_flip: Bool[Tensor, " batch"],
) -> Float[Tensor, "batch 2 2"]:
    """Mirrors first, then quarter turns, which are exact, and then a rotation.

    Parameters:
        degrees: clockwise.
        quarters: turns by 90 degrees, clockwise, 0 … 3.
        flip: mirrored left to right.
        vertical_flip: mirrored top to bottom.
    """
    angle = degrees.deg2rad()
    cosine, sine = angle.cos(), angle.sin()
    table = torch.tensor([1.0, 0.0, -1.0, 0.0], device=degrees.device)
    quarter_cosine, quarter_sine = table[quarters], table[(quarters + 3) % 4]
    along = cosine * quarter_cosine - sine * quarter_sine
    across = sine * quarter_cosine + cosine * quarter_sine
    x_sign, y_sign = (1 - 2 * mirror.float() for mirror in (flip, vertical_flip))
    rows = [along * x_sign, -across * y_sign, across * x_sign, along * y_sign]
    return torch.stack(rows, 1).view(-1, 2, 2)
