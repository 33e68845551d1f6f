"""foreground-digits: which pixels are ink, by Otsu's threshold."""

from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Part
from ..data.digit_dataset import DigitDataset
from ..structures.batch import Batch
from ..structures.info import Card


class ForegroundDigits(DigitDataset):
    """One digit an image, with the mask of its ink."""

    recommended = {"epochs": 4}
    backbone_options = {"context": 3, "max_channels": 32}  # a threshold is global, not deep

    @property
    def card(self) -> Card:
        return self.digit_card(dataset="foreground-digits", truths=("mask",))

    def make(self, part: Part, indices: Int[Tensor, " batch"], chance: CounterRNG) -> Batch:
        digits = self.digits(part, indices, chance)
        return Batch(digits.images, indices, mask=digits.mask)
