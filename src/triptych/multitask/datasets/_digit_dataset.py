"""What the digit datasets share: settings, info and the shifted digit itself."""

from typing import Any, Literal

from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.compositing import ShiftedCutouts, random_shift
from ..data.dataset import DatasetConfig, Split
from ..structures.info import DatasetInfo
from ._synthetic_dataset import SyntheticDataset


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
