"""Photos as they might have been: turned, shifted, nearer, mirrored, in another light."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor

from ...frame.rng import CounterRNG

Images = Float[Tensor, "batch channels height width"]


@dataclass(frozen=True)
class AugmentationConfig:
    """How far training pictures are changed, each by chance up to so much; 0 leaves them."""

    flip: float = 0.5  # share that is mirrored
    degrees: float = 8.0  # degrees, either way
    scale: float = 0.1  # share of the size, nearer or farther
    shift: float = 0.06  # share of the picture's sides, each way
    color_jitter: float = 0.25  # contrast and brightness, and each colour's own
    erase: float = 0.0  # sides of a patch that is painted over, as a share of the picture's


def augment(
    images: UInt8[Tensor, "batch channels height width"],
    rng: CounterRNG,
    config: AugmentationConfig,
) -> Images:
    """The pictures changed, by the batch and where they are; values 0 … 1."""
    images = images.float().div_(255)
    if config.flip or config.degrees or config.scale or config.shift:
        images = random_affine(images, rng, config)
    if config.color_jitter:
        images = color_jitter(images, rng, config.color_jitter)
    return random_erasing(images, rng, config.erase) if config.erase else images


def random_affine(images: Images, rng: CounterRNG, config: AugmentationConfig) -> Images:
    """Mirrored, turned, scaled and shifted by one resampling; what comes in over the border
    repeats it."""
    _, _, height, width = images.shape
    mirror = 1 - 2 * rng.bernoulli("flip", config.flip).float()
    angle = rng.uniform("turn", low=-1) * math.radians(config.degrees)
    size = 1 + rng.uniform("scale", low=-1) * config.scale
    along, across = size * angle.cos(), size * angle.sin()
    shift = rng.uniform("shift", 2, low=-2, high=2) * config.shift
    # affine_grid counts -1 … 1 along either side, so a turn needs the sides' ratio
    rows = [
        torch.stack([along * mirror, -across * height / width, shift[:, 0]], 1),
        torch.stack([across * mirror * width / height, along, shift[:, 1]], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def color_jitter(images: Images, rng: CounterRNG, strength: float) -> Images:
    """In another light: contrast by a factor of up to e^strength, brightness by half of
    `strength`, and each colour's brightness by a quarter more."""
    channels = images.shape[1]
    mean = images.mean((1, 2, 3), keepdim=True)
    contrast = (rng.uniform("contrast", 1, 1, 1, low=-1) * strength).exp()
    brightness = rng.uniform("brightness", 1, 1, 1, low=-strength / 2, high=strength / 2)
    if channels > 1:
        quarter = strength / 4
        brightness = brightness + rng.uniform("colour", channels, 1, 1, low=-quarter, high=quarter)
    return ((images - mean) * contrast + (mean + brightness)).clamp(0, 1)


def random_erasing(images: Images, rng: CounterRNG, max_size: float) -> Images:
    """With a patch of one grey over each (Zhong et al. 2020): no single feature may decide."""
    _, _, height, width = images.shape
    sides = rng.uniform("sides", 2, high=max_size / 2)
    middle = rng.uniform("middle", 2)
    rows = (torch.arange(height, device=images.device) + 0.5) / height
    columns = (torch.arange(width, device=images.device) + 0.5) / width
    down = (rows - middle[:, :1]).abs() < sides[:, :1]
    over = (columns - middle[:, 1:]).abs() < sides[:, 1:]
    patch = down[:, None, :, None] & over[:, None, None, :]
    return torch.where(patch, rng.uniform("grey", 1, 1, 1), images)
