"""digits: class, box, circle and mask of a digit, all at once."""

from functools import cached_property
from typing import Literal

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.compositing import random_shift
from ..data.cutout_bank import CutoutBank
from ..data.dataset import Split
from ..data.paper import photographed
from ..data.source import Cutouts
from ..structures.batch import Batch, Target
from ..structures.info import DatasetInfo
from ..synthesis.digits import render_digits
from ._digit_dataset import DigitDataset, WritingConfig

DRAWN_SHARE = 0.05  # of the training images on paper show a digit as others may write it
DRAWN = 8192  # such digits


class DigitsConfig(WritingConfig):
    """Settings of `digits`."""

    ground: Literal["black", "paper"] = Field(
        default="paper",
        description="paper: part of the training digits looks like ink on photographs of paper",
    )
    annotated: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="share of the training digits of which a truth is known, for each truth others",
    )


class Digits(DigitDataset):
    """One digit an image, with everything there is to know about it."""

    config_class = DigitsConfig
    former_options = {"ground": "black", "input": "image", "annotated": 1.0}
    heads = ("box", "circle", "label", "mask")
    needs_circles = True
    loss_weights = {"circle": 5.0}  # the hardest of the four: its precision comes last
    default_settings = {"epochs": 3, "batch": 32, "lr": 4e-3}
    backbone_options = {"context": 2}

    @property
    def info(self) -> DatasetInfo:
        """Plain digits with all their targets."""
        return self.digit_info(
            dataset="digits",
            targets=("label", "box", "circle", "mask"),
            input=self.config.input,
        )

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """A digit each, with everything that is true of it, as far as it is known."""
        batch = self._whole_batch(split, indices, rng)
        return self._partly_annotated(batch) if split == "train" else batch

    def _whole_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        if split == "train" and self.config.ground == "paper":
            return self._photographed_batch(indices, rng)
        digits = self.shifted_digits(split, indices, rng)
        return Batch.of(
            digits.images,
            indices,
            label=digits.label,
            box=digits.box,
            circle=digits.circle,
            mask=digits.mask,
        )

    def _partly_annotated(self, batch: Batch) -> Batch:
        """The batch without the truths that are not known; they are the same in every epoch."""
        if self.config.annotated == 1:
            return batch
        chance = CounterRNG([self.seed, 6], batch.indices)
        targets = {}
        for name, target in batch.targets.items():
            known = chance.bernoulli(f"annotated {name}", self.config.annotated)
            known = known if target.present is None else known & target.present
            targets[name] = Target(target.values, known)
        return Batch(batch.images, batch.indices, targets)

    def _photographed_batch(self, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Digits of which some are as photographs show them, and some in other hands."""
        bank = self._written_by_all
        own = self.num_cutouts("train")
        if len(bank) > own:
            foreign = own + rng.integers("hand", len(bank) - own)
            rows = torch.where(rng.bernoulli("other hand", DRAWN_SHARE), foreign, indices)
        else:
            rows = indices
        digits = random_shift(bank, rows, rng, self.config.shift)
        images, changed = photographed(digits.images, rng)
        return Batch.of(
            images,
            indices,
            label=digits.label,
            box=digits.box,
            circle=digits.circle,
            # a threshold finds the ink of a photograph elsewhere, so its mask is not learned
            mask=Target(digits.mask, ~changed),
        )

    def outliers(self, count: int) -> Float[Tensor, "count channels height width"] | None:
        """Clutter and turned digits, as photographs show them where digits are shown so."""
        images = super().outliers(count)
        if images is None or self.config.ground == "black":
            return images
        return photographed(images, self.outlier_rng(count))[0]

    @cached_property
    def _written_by_all(self) -> CutoutBank:
        """The cutouts of training, and drawn digits after them, of every way to write one."""
        bank = self.cutouts("train")
        if self.classes != tuple("0123456789") or self.cutout_size != (28, 28):
            return bank
        labels = torch.arange(DRAWN) % 10
        images = render_digits(labels, (self.seed, DRAWN), even=True)[:, None]
        drawn = CutoutBank.from_cutouts(
            Cutouts(images, labels, self.classes), circles=self.needs_circles
        )
        return bank.joined(drawn.to(self.device))
