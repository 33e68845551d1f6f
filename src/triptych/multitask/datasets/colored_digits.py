"""colored-digits: a digit in red or green light under noise, read twice: digit and colour."""

import torch
from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Part
from ..data.digit_dataset import DigitDataset
from ..structures.batch import Batch
from ..structures.info import Card


class ColoredDigits(DigitDataset):
    """Half uniform noise in three channels, half the digit added to the red or the green one.

    The colour is drawn anew each epoch, for test images once and for all."""

    recommended = {"epochs": 9}

    @property
    def card(self) -> Card:
        return self.digit_card(
            dataset="colored-digits",
            truths=("label", "attribute"),
            channels=3,
            attributes=("red", "green"),
            names={"label": "digit", "attribute": "color"},
            ground="any",
        )

    def make(self, part: Part, indices: Int[Tensor, " batch"], chance: CounterRNG) -> Batch:
        digits = self.digits(part, indices, chance)
        colors = chance.integers("color", 2)
        images = chance.uniform("noise", 3, *digits.images.shape[2:], high=0.5)
        rows = torch.arange(len(images), device=images.device)
        images[rows, colors] += digits.images[:, 0] / 2
        return Batch(images, indices, label=digits.label, attribute=colors)
