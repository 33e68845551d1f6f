"""An image at its own size and at its halves."""

from collections.abc import Iterator

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Images


def num_pyramid_levels(side: int, min_size: int, max_levels: int) -> int:
    """The number of sizes images are read at, each half of the last: fewer than four cells of the
    coarsest layer say little.

    Parameters:
        side: the shorter side of the image, in pixels.
        min_size: two cells of the coarsest layer, in pixels.
        max_levels: the most sizes.

    >>> num_pyramid_levels(128, 32, 4)
    2
    """
    return next(
        count
        for count in range(1, max_levels + 1)
        if count == max_levels or side >> count < 2 * min_size
    )


def image_pyramid(images: Images, octaves: int) -> Iterator[Images]:
    """Images at their own size and at their halves, one after the other.

    Parameters:
        images: (B, 3, height, width).
        octaves: how many sizes.
    """
    for octave in range(octaves):
        images = downsample_2x(images) if octave else images
        yield images


def downsample_2x(images: Images) -> Float[Tensor, "batch 3 rows columns"]:
    """Images at half their size, smoothed so that no pixel weighs more than its neighbors."""
    height, width = images.shape[2:]
    return F.interpolate(images, (height // 2, width // 2), mode="bilinear", antialias=True)
