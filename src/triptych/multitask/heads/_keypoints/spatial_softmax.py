"""Keypoints on a map by soft-argmax, which keeps places where pooling forgets them."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ....frame.storage.model_files import accept_former_names


class SpatialSoftmax(nn.Module):
    """Learned keypoints: each is the mean place under an attention map of its own ("spatial
    softmax", Levine et al. 2016).

    The attention of each keypoint begins with a bias towards a direction of its own, so that it
    looks for what lies outermost there; how strong the bias is, is learned.
    """

    directions: Float[Tensor, "count 2"]

    def __init__(self, channels: int, count: int, stride: int):
        """
        Parameters:
            channels: of the map it reads.
            count: how many keypoints; their directions are spread evenly over the circle.
            stride: pixels of the image to a cell of the map.
        """
        super().__init__()
        self.queries = nn.Parameter(torch.randn(count, channels))
        self.direction_bias = nn.Parameter(torch.full((count, 1), 0.5 / stride))
        angle = torch.arange(count) * (2 * math.pi / count)
        directions = torch.stack([angle.cos(), angle.sin()], 1)
        self.register_buffer("directions", directions, persistent=False)
        self.stride = stride
        accept_former_names(self, {"lean": "direction_bias"})

    def forward(
        self, features: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch count 2"]:
        """Keypoints (x, y) in pixels of the image, y down."""
        batch, channels = features.shape[:2]
        centers = self._cell_centers(features).expand(batch, -1, -1)
        # in float32: half a pixel of 144 is lost in bfloat16
        cells = features.permute(0, 2, 3, 1).flatten(1, 2).float()
        keys = torch.cat([cells, centers], 2)
        queries = torch.cat([self.queries, self.direction_bias * self.directions], 1)
        queries = queries.expand(batch, -1, -1)
        values = F.pad(centers, (0, channels))  # fused attention needs them as long as the keys
        with torch.autocast(features.device.type, enabled=False):
            points = F.scaled_dot_product_attention(
                queries[:, None], keys[:, None], values[:, None], scale=1.0
            )
        return points[:, 0, :, :2]

    def _cell_centers(self, features: Tensor) -> Float[Tensor, "cells 2"]:
        """The center (x, y) of each cell in pixels of the image, row by row."""
        height, width = features.shape[-2:]
        y = (torch.arange(height, device=features.device) + 0.5) * self.stride
        x = (torch.arange(width, device=features.device) + 0.5) * self.stride
        return torch.stack([x.repeat(height), y.repeat_interleave(width)], 1)
