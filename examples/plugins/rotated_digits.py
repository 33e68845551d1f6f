"""A plug-in with a dataset of its own: digits rotated by up to 60 degrees, and which way is up.

    triptych data look rotated-digits --plugin examples/plugins/rotated_digits.py
    triptych train rotated-digits --plugin examples/plugins/rotated_digits.py

Its batches have the digit's class, and two keypoints: the middle of the image's top and bottom edge
of the upright digit, turned with it. A head for those is in keypoints.py.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, DatasetConfig, DatasetInfo, DigitDataset, Split

REACH = 10.0  # pixels from the middle of the image to either keypoint


class RotatedDigitsConfig(DatasetConfig):
    """Settings, as `--set rotation=30` changes them."""

    rotation: float = Field(default=60, ge=0, le=180, description="largest angle in degrees")


class RotatedDigits(DigitDataset):
    """One digit an image, rotated about the image's middle; clockwise angles are positive."""

    config_class = RotatedDigitsConfig
    default_settings = {"epochs": 4}

    @property
    def info(self) -> DatasetInfo:
        """Digits with two named keypoints."""
        return self.digit_info(
            dataset="rotated-digits",
            targets=("label", "keypoints"),
            extra={"keypoints": ("top", "bottom")},
        )

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Rotate a digit of the split for each index."""
        cutouts = self.cutouts(split)
        limit = math.radians(self.config.rotation)
        angle = rng.uniform("rotation", low=-limit, high=limit)
        images = cutouts.images[indices].float() / 255
        center = torch.tensor([images.shape[3] / 2, images.shape[2] / 2], device=images.device)
        up = torch.stack([angle.sin(), -angle.cos()], 1) * REACH
        return Batch.of(
            rotate(images, angle),
            indices,
            label=cutouts.label[indices],
            keypoints=torch.stack([center + up, center - up], 1),
        )


def rotate(
    images: Float[Tensor, "batch channels height width"], angle: Float[Tensor, " batch"]
) -> Float[Tensor, "batch channels height width"]:
    """Square images rotated clockwise about their middle, by radians; black comes in."""
    zero = torch.zeros_like(angle)
    rows = [angle.cos(), angle.sin(), zero], [-angle.sin(), angle.cos(), zero]
    matrix = torch.stack([torch.stack(row, 1) for row in rows], 1)
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)
