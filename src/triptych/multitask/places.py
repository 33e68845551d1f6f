"""Where on a map something is: soft-argmax, which learns places where pooling forgets them."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Places(nn.Module):
    """`count` learnt points per image: each is the mean place under an attention map of its own
    (soft-argmax; Levine et al. 2016, "spatial softmax")."""

    def __init__(self, channels: int, count: int, stride: int):
        super().__init__()
        self.attention = nn.Conv2d(channels, count, 1)
        self.stride = stride

    def forward(self, features: Float[Tensor, "batch channels height width"]) -> Tensor:
        """Points (batch, count, 2) as x, y in pixels of the image."""
        weights = self.attention(features).float().flatten(2).softmax(2)
        return weights @ self._centres(features)

    def _centres(self, features: Tensor) -> Float[Tensor, "cells 2"]:
        """Where the middle of each cell lies in the image, row by row."""
        height, width = features.shape[-2:]
        y = (torch.arange(height, device=features.device) + 0.5) * self.stride
        x = (torch.arange(width, device=features.device) + 0.5) * self.stride
        return torch.stack([x.repeat(height), y.repeat_interleave(width)], 1)
