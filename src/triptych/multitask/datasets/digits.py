"""digits: class, box, circle and mask of a digit, all at once."""

from typing import Literal

import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.compositing import ShiftedCutouts
from ..data.dataset import Split
from ..data.paper import photographed
from ..structures.batch import Batch, Target
from ..structures.info import DatasetInfo
from ..synthesis.clutter import clutter
from ._digit_dataset import DigitConfig, DigitDataset

NOTHING_SHARE = 0.05  # of the training images show no digit


class DigitsConfig(DigitConfig):
    """Settings of `digits`."""

    ground: Literal["black", "paper"] = Field(
        default="black",
        description="paper: part of the training digits looks like ink on photographs of paper",
    )
    input: Literal["ink", "image"] = Field(
        default="ink",
        description="ink: predict finds what is written; image: it takes an image as a whole",
    )


class Digits(DigitDataset):
    """One digit an image, with everything there is to know about it."""

    config_class = DigitsConfig
    former_options = {"ground": "black", "input": "image"}
    heads = ("box", "circle", "label", "mask")
    needs_circles = True
    loss_weights = {"circle": 5.0}  # the hardest of the four: its precision comes last
    default_settings = {"epochs": 3}
    backbone_options = {"context": 2}

    @property
    def info(self) -> DatasetInfo:
        """Plain digits with all their targets."""
        return self.digit_info(
            dataset="digits",
            targets=("label", "box", "circle", "mask"),
            input=self.config.input,
            nothing=self.config.ground == "paper",
        )

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """A digit each, with everything that is true of it."""
        digits = self.shifted_digits(split, indices, rng)
        if split == "train" and self.config.ground == "paper":
            return self._photographed(digits, indices, rng)
        return Batch.of(
            digits.images,
            indices,
            label=digits.label,
            box=digits.box,
            circle=digits.circle,
            mask=digits.mask,
        )

    def _photographed(
        self, digits: ShiftedCutouts, indices: Int[Tensor, " batch"], rng: CounterRNG
    ) -> Batch:
        """Digits as photographs show them, and some things that are none."""
        empty = rng.bernoulli("clutter", NOTHING_SHARE)
        bank, rows = self.cutouts("train"), empty.nonzero()[:, 0]
        some = rng.subset(rows)
        others = bank.images[some.integers("clutter other", len(bank))].float().div_(255)
        images = digits.images.clone()
        images[rows] = clutter(images[rows], others, some)
        return Batch.of(
            photographed(images, rng),
            indices,
            label=torch.where(empty, len(self.classes), digits.label),
            box=Target(digits.box, ~empty),
            circle=None if digits.circle is None else Target(digits.circle, ~empty),
            mask=digits.mask & ~empty[:, None, None],
        )
