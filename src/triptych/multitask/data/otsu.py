"""The grey level that separates foreground from background best (Otsu 1979), for whole batches."""

import torch
from jaxtyping import Bool, UInt8
from torch import Tensor

LEVELS = 256
CHUNK = 8192  # images at a time: the int64 histograms of 60,000 would take 1 GB


def otsu_threshold(images: UInt8[Tensor, "batch height width"]) -> UInt8[Tensor, " batch"]:
    """Otsu's threshold t of each image.

    {v ≤ t} and {v > t} have the smallest total within-class sum of squares, which is the largest
    sum of squares between the classes. Of equally good thresholds it is the lowest; an image of
    one grey level gets that level.
    """
    return torch.cat([_thresholds(chunk) for chunk in images.split(CHUNK)])


def otsu_mask(images: UInt8[Tensor, "batch height width"]) -> Bool[Tensor, "batch height width"]:
    """True where an image is brighter than its Otsu threshold."""
    return images > otsu_threshold(images)[:, None, None]


def _thresholds(images: UInt8[Tensor, "batch height width"]) -> UInt8[Tensor, " batch"]:
    pixels = images.flatten(1).long()
    histogram = pixels.new_zeros(len(images), LEVELS).scatter_add_(
        1, pixels, torch.ones_like(pixels)
    )
    levels = torch.arange(LEVELS, device=images.device)
    # entry [i, t]: how many pixels of image i are ≤ t or > t, and the sum of those ≤ t
    below = histogram.cumsum(1).double()
    sum_below = (histogram * levels).cumsum(1).double()
    total, above = sum_below[:, -1:], below[:, -1:] - below
    both = (below > 0) & (above > 0)
    difference = sum_below / below.clamp(min=1) - (total - sum_below) / above.clamp(min=1)
    between = torch.where(both, below * above * difference**2, -1.0)
    best = between.argmax(1)
    one_level = ~both.any(1)
    return torch.where(one_level, pixels[:, 0], best).to(torch.uint8)
