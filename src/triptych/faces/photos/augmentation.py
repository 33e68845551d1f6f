"""Random augmentation of face images: affine, color jitter, erasing."""

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
    """How far training images are changed, each at random up to so much; 0 leaves them.

    Parameters:
        flip: share that is mirrored, 0 … 1.
        degrees: of rotation, either way.
        scale: share of the size, nearer or farther.
        shift: share of the image's sides, each way.
        color_jitter: of contrast and brightness, and of each channel's own.
        erase: sides of a patch that is painted over, as a share of the image's.
    """

    flip: float = 0.5  # share that is mirrored
    degrees: float = 8.0  # degrees, either way
    scale: float = 0.1  # share of the size, nearer or farther
    shift: float = 0.06  # share of the image's sides, each way
    color_jitter: float = 0.25  # contrast and brightness, and each colour's own
    erase: float = 0.0  # sides of a patch that is painted over, as a share of the image's


def augment(
    images: UInt8[Tensor, "batch channels height width"],
    rng: CounterRNG,
    config: AugmentationConfig,
) -> Images:
    """Augmented images with values 0 … 1, on the device they are on.

    Parameters:
        images: uint8, (N, channels, height, width).
        rng: a stream for each image.
        config: how far they are changed.
    """
    images = images.float().div_(255)
    if config.flip or config.degrees or config.scale or config.shift:
        images = random_affine(images, rng, config)
    if config.color_jitter:
        images = color_jitter(images, rng, config.color_jitter)
    return random_erasing(images, rng, config.erase) if config.erase else images


def random_affine(images: Images, rng: CounterRNG, config: AugmentationConfig) -> Images:
    """Mirrored, rotated, scaled and shifted by one resampling; beyond the border it repeats.

    Parameters:
        images: (N, channels, height, width).
        rng: a stream for each image.
        config: how far they are changed.
    """
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
    """In another light: contrast by a factor of up to e^strength, brightness by half of `strength`,
    and each channel's brightness by a quarter more.

    Parameters:
        images: (N, channels, height, width), values 0 … 1.
        rng: a stream for each image.
        strength: 0 or more.
    """
    channels = images.shape[1]
    mean = images.mean((1, 2, 3), keepdim=True)
    contrast = (rng.uniform("contrast", 1, 1, 1, low=-1) * strength).exp()
    brightness = rng.uniform("brightness", 1, 1, 1, low=-strength / 2, high=strength / 2)
    if channels > 1:
        quarter = strength / 4
        brightness = brightness + rng.uniform("colour", channels, 1, 1, low=-quarter, high=quarter)
    return ((images - mean) * contrast + (mean + brightness)).clamp(0, 1)


def random_erasing(images: Images, rng: CounterRNG, max_size: float) -> Images:
    """With a grey patch over each image (Zhong et al. 2020): no single feature may decide.

    Parameters:
        images: (N, channels, height, width), values 0 … 1.
        rng: a stream for each image.
        max_size: largest sides of the patch, as a share of the image's.
    """
    _, _, height, width = images.shape
    sides = rng.uniform("sides", 2, high=max_size / 2)
    middle = rng.uniform("middle", 2)
    rows = (torch.arange(height, device=images.device) + 0.5) / height
    columns = (torch.arange(width, device=images.device) + 0.5) / width
    down = (rows - middle[:, :1]).abs() < sides[:, :1]
    over = (columns - middle[:, 1:]).abs() < sides[:, 1:]
    patch = down[:, None, :, None] & over[:, None, None, :]
    return torch.where(patch, rng.uniform("grey", 1, 1, 1), images)
