"""colored-digits: a digit in red or green light under noise, read twice: digit and color."""

import torch
from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Split
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._digit_dataset import DigitDataset


class ColoredDigits(DigitDataset):
    """Half uniform noise in three channels, half the digit added to the red or the green one.

    The color is random in each epoch; that of test images is always the same."""

    heads = ("attribute", "label")
    default_settings = {"epochs": 9}

    @property
    def info(self) -> DatasetInfo:
        """Three channels; classes are digits, attributes colors."""
        return self.digit_info(
            dataset="colored-digits",
            targets=("label", "attribute"),
            channels=3,
            attributes=("red", "green"),
            head_names={"label": "digit", "attribute": "color"},
            background="any",
        )

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Noise with a digit in one of two channels each."""
        digits = self.shifted_digits(split, indices, rng)
        colors = rng.integers("color", 2)
        images = rng.uniform("noise", 3, *digits.images.shape[2:], high=0.5)
        rows = torch.arange(len(images), device=images.device)
        images[rows, colors] += digits.images[:, 0] / 2
        return Batch.of(images, indices, label=digits.label, attribute=colors)
