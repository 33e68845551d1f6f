"""digits: class, box, circle and mask of a digit, all at once."""

from typing import Literal

from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Split
from ..data.paper import photographed
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._digit_dataset import DigitConfig, DigitDataset


class DigitsConfig(DigitConfig):
    """Settings of `digits`."""

    ground: Literal["black", "paper"] = Field(
        default="paper",
        description="paper: most training digits look like prepared photographs of ink on paper",
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
        targets = ("label", "box", "circle", "mask")
        return self.digit_info(dataset="digits", targets=targets, input=self.config.input)

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """A digit each, with everything that is true of it."""
        digits = self.shifted_digits(split, indices, rng)
        paper = split == "train" and self.config.ground == "paper"
        return Batch.of(
            photographed(digits.images, rng) if paper else digits.images,
            indices,
            label=digits.label,
            box=digits.box,
            circle=digits.circle,
            mask=digits.mask,
        )
