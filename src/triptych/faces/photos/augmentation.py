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
    pictures: UInt8[Tensor, "batch channels height width"],
    chance: CounterRNG,
    changes: AugmentationConfig,
) -> Images:
    """The pictures changed, by the batch and where they are; values 0 … 1."""
    images = pictures.float().div_(255)
    if changes.flip or changes.degrees or changes.scale or changes.shift:
        images = random_affine(images, chance, changes)
    if changes.color_jitter:
        images = color_jitter(images, chance, changes.color_jitter)
    return random_erasing(images, chance, changes.erase) if changes.erase else images


def random_affine(images: Images, chance: CounterRNG, changes: AugmentationConfig) -> Images:
    """Mirrored, turned, scaled and shifted by one resampling; what comes in over the border
    repeats it."""
    _, _, height, width = images.shape
    mirror = 1 - 2 * chance.bernoulli("flip", changes.flip).float()
    angle = chance.uniform("turn", low=-1) * math.radians(changes.degrees)
    size = 1 + chance.uniform("scale", low=-1) * changes.scale
    along, across = size * angle.cos(), size * angle.sin()
    shift = chance.uniform("shift", 2, low=-2, high=2) * changes.shift
    # affine_grid counts -1 … 1 along either side, so a turn needs the sides' ratio
    rows = [
        torch.stack([along * mirror, -across * height / width, shift[:, 0]], 1),
        torch.stack([across * mirror * width / height, along, shift[:, 1]], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def color_jitter(images: Images, chance: CounterRNG, strength: float) -> Images:
    """In another light: contrast by a factor of up to e^strength, brightness by half of
    `strength`, and each colour's brightness by a quarter more."""
    channels = images.shape[1]
    mean = images.mean((1, 2, 3), keepdim=True)
    contrast = (chance.uniform("contrast", 1, 1, 1, low=-1) * strength).exp()
    brightness = chance.uniform("brightness", 1, 1, 1, low=-strength / 2, high=strength / 2)
    if channels > 1:
        quarter = strength / 4
        brightness = brightness + chance.uniform(
            "colour", channels, 1, 1, low=-quarter, high=quarter
        )
    return ((images - mean) * contrast + (mean + brightness)).clamp(0, 1)


def random_erasing(images: Images, chance: CounterRNG, largest: float) -> Images:
    """With a patch of one grey over each (Zhong et al. 2020): no single feature may decide."""
    _, _, height, width = images.shape
    sides = chance.uniform("sides", 2, high=largest / 2)
    middle = chance.uniform("middle", 2)
    rows = (torch.arange(height, device=images.device) + 0.5) / height
    columns = (torch.arange(width, device=images.device) + 0.5) / width
    down = (rows - middle[:, :1]).abs() < sides[:, :1]
    over = (columns - middle[:, 1:]).abs() < sides[:, 1:]
    patch = down[:, None, :, None] & over[:, None, None, :]
    return torch.where(patch, chance.uniform("grey", 1, 1, 1), images)
