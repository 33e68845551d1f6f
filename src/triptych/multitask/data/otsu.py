"""The grey level that parts foreground from background best (Otsu 1979), for whole batches."""

import torch
from jaxtyping import Bool, UInt8
from torch import Tensor

LEVELS = 256
CHUNK = 8192  # images at a time: 60,000 int64 histograms at once would take 1 GB


def otsu_threshold(images: UInt8[Tensor, "batch height width"]) -> UInt8[Tensor, " batch"]:
    """The threshold t of each image for which {v ≤ t} and {v > t} have the smallest total
    within-class sum of squares, which is the largest sum of squares between the classes.
    Of equally good thresholds the lowest; an image of one grey level gets that level."""
    return torch.cat([_thresholds(part) for part in images.split(CHUNK)])


def otsu_mask(images: UInt8[Tensor, "batch height width"]) -> Bool[Tensor, "batch height width"]:
    """True where an image is brighter than its Otsu threshold."""
    return images > otsu_threshold(images)[:, None, None]


def _thresholds(images: UInt8[Tensor, "batch height width"]) -> UInt8[Tensor, " batch"]:
    pixels = images.flatten(1).long()
    histogram = pixels.new_zeros(len(images), LEVELS).scatter_add_(
        1, pixels, torch.ones_like(pixels)
    )
    levels = torch.arange(LEVELS, device=images.device)
    below = histogram.cumsum(1).double()
    sum_below = (histogram * levels).cumsum(1).double()
    total, above = sum_below[:, -1:], below[:, -1:] - below
    both = (below > 0) & (above > 0)
    difference = sum_below / below.clamp(min=1) - (total - sum_below) / above.clamp(min=1)
    between = torch.where(both, below * above * difference**2, -1.0)
    best = between.argmax(1)
    flat = ~both.any(1)
    return torch.where(flat, pixels[:, 0], best).to(torch.uint8)
