"""What the digit datasets share: settings, info and the shifted digit itself."""

from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.compositing import ShiftedCutouts, random_shift
from ..data.dataset import DatasetConfig, Split
from ..structures.info import DatasetInfo
from ..synthesis.clutter import clutter
from ._synthetic_dataset import SyntheticDataset

TURNED = "23457"  # digits that are none when they lie on their side


class DigitConfig(DatasetConfig):
    """Settings of the digit datasets."""

    shift: int = Field(
        default=2, ge=0, le=8, description="training digits move by up to so many pixels"
    )


class WritingConfig(DigitConfig):
    """Settings of the datasets whose images are one digit by itself."""

    input: Literal["ink", "image"] = Field(
        default="ink",
        description="ink: predict finds what is written in it; image: it takes an image as a whole",
    )


class DigitDataset(SyntheticDataset):
    """A dataset made of digits; subclasses say what is done with them."""

    subject = "digits"
    real_source = "mnist"
    config_class = DigitConfig

    def size(self, split: Split) -> int:
        """As many images as the split has digits."""
        return self.num_cutouts(split)

    def digit_info(self, **changes: Any) -> DatasetInfo:
        """The info of one white digit on black, with fields changed by name."""
        height, width = self.cutout_size
        facts = {
            "channels": 1,
            "height": height,
            "width": width,
            "classes": self.classes,
            "head_names": {"label": "digit"},
            "background": "dark",
        }
        return DatasetInfo(**{**facts, **changes})

    def outliers(self, count: int) -> Float[Tensor, "count channels height width"] | None:
        """Clutter, and digits turned on their side so that they are none; None for images other
        than one white digit on black."""
        bank, info = self.cutouts("train"), self.info
        if (info.channels, info.height, info.width) != (1, *self.cutout_size):
            return None
        rng = self.outlier_rng(count)

        def pick(name: str, rows: Int[Tensor, " rows"]) -> Float[Tensor, "count 1 height width"]:
            return bank.images[rows[rng.integers(name, len(rows))]].float().div_(255)

        every = torch.arange(len(bank), device=self.device)
        images = clutter(pick("one", every), pick("other", every), rng)
        sides = [name in TURNED for name in self.classes]
        turned = every[torch.tensor(sides, device=self.device)[bank.label]]
        if len(turned) and info.height == info.width:
            upright = pick("turned", turned)
            images[::3] = upright[::3].rot90(1, (2, 3))
            images[1::6] = upright[1::6].rot90(3, (2, 3))
        return images

    def outlier_rng(self, count: int) -> CounterRNG:
        """The chance that outliers follow from, a stream for each."""
        return CounterRNG([self.seed, 3], torch.arange(count, device=self.device))

    def shifted_digits(
        self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG
    ) -> ShiftedCutouts:
        """Digits of a split, in training moved by up to `shift` pixels each way.

        Parameters:
            split: the split whose cutouts they are.
            indices: numbers of cutouts in it.
            rng: one stream for each of them.
        """
        max_shift = self.config.shift if split == "train" else 0
        return random_shift(self.cutouts(split), indices, rng, max_shift)
