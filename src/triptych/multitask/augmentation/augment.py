"""All augmentations, one after another."""

from dataclasses import replace

import torch

from ...frame.rng import CounterRNG
from ..structures.batch import Batch
from .config import AugmentationConfig
from .erase import random_erase
from .geometry import random_geometry
from .mosaic import random_mosaic
from .photometric import random_blur, random_color, random_noise


def augment(batch: Batch, config: AugmentationConfig, rng: CounterRNG) -> Batch:
    """A batch whose images are changed at random, with their targets.

    An image's changes depend on its stream of `rng` alone and not on the rest of the batch, but
    for the other images in a mosaic. The batch that is given stays as it is.

    Parameters:
        batch: images 0 … 1 with their targets, on any device.
        config: how far they are changed.
        rng: one stream for each image, on the same device.

    Returns the batch itself where the settings change nothing.

    Raises ConfigError for keypoint pairs that the targets do not have, and for a target of which
    nobody knows how it follows an image that is moved.
    """
    if not config.changes_images:
        return batch
    with torch.no_grad():
        if config.mosaic:
            batch = random_mosaic(batch, config, rng)
        if config.moves_pixels:
            batch = random_geometry(batch, config, rng)
        images = batch.images
        if config.changes_colors:
            images = random_color(images, config, rng)
        if config.blur:
            images = random_blur(images, config, rng)
        if config.noise:
            images = random_noise(images, config, rng)
        if config.erase:
            images = random_erase(replace(batch, images=images), config, rng)
        return replace(batch, images=images)
