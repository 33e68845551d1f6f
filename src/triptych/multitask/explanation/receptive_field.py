"""How much of an image a cell of a feature map really sees, and that part cut out of the image."""

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from numpy import ndarray
from torch import Tensor, nn

SHARE = 0.8  # of all the gradient that lies within the effective receptive field


def effective_side(
    backbone: nn.Module,
    images: Float[Tensor, "count channels height width"],
    level: int,
    channels: Int[Tensor, " count"],
    places: Int[Tensor, "count 2"],
    reduction: int,
) -> int:
    """The side, in pixels, of the square around a cell that holds four fifths of the size of the
    gradient of its value by the image, in the mean of some cells.

    In theory a cell may depend on the whole image; what counts lies near it (the effective
    receptive field, Luo et al. 2016).

    Parameters:
        backbone: in evaluation mode.
        images: that excite the cells.
        level: number of the map, from 0, finest first.
        channels: of the cell of each image.
        places: row and column of the cell of each image.
        reduction: pixels a cell.
    """
    height, width = images.shape[2:]
    seen = images.detach().clone().requires_grad_()
    with torch.enable_grad():
        maps = backbone(seen)[level].float()
        rows = torch.arange(len(images), device=images.device)
        total = maps[rows, channels, places[:, 0], places[:, 1]].sum()
        (gradient,) = torch.autograd.grad(total, seen)
    size = gradient.abs().sum(1)
    size = size / size.flatten(1).sum(1).clamp(min=1e-12)[:, None, None]
    centers = (places + 0.5) * reduction
    y = (torch.arange(height, device=images.device) + 0.5 - centers[:, :1]).abs()
    x = (torch.arange(width, device=images.device) + 0.5 - centers[:, 1:]).abs()
    distance = torch.maximum(y[:, :, None], x[:, None, :]).flatten()
    order = distance.argsort()
    inside = size.flatten()[order].cumsum(0) / len(images)
    reached = int((inside < SHARE).sum().clamp(max=len(order) - 1))
    half = float(distance[order[reached]]) + 0.5
    return max(1, min(int(np.ceil(2 * half)), height, width))


def crop_around(
    image: UInt8[ndarray, "height width channels"], center: Float[ndarray, "2"], side: int
) -> UInt8[ndarray, "side side channels"]:
    """The square part of an image around a place, moved inwards where it would reach beyond.

    Parameters:
        image: at least as large as the part.
        center: y and x in pixels.
        side: of the part, in pixels.
    """
    height, width = image.shape[:2]
    top, left = (round(float(value) - side / 2) for value in center)
    top, left = min(max(top, 0), height - side), min(max(left, 0), width - side)
    return image[top : top + side, left : left + side]
