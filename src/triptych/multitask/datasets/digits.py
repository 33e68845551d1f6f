"""digits: class, box, circle and mask of a digit, all at once."""

from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Part
from ..data.digit_dataset import DigitDataset
from ..structures.batch import Batch
from ..structures.info import Card


class Digits(DigitDataset):
    """One digit an image, with everything there is to know about it."""

    circles = True
    weights = {"circle": 5.0}  # the hardest of the four: its precision comes last
    recommended = {"epochs": 3}
    backbone_options = {"context": 2}

    @property
    def card(self) -> Card:
        return self.digit_card(dataset="digits", truths=("label", "box", "circle", "mask"))

    def make(self, part: Part, indices: Int[Tensor, " batch"], chance: CounterRNG) -> Batch:
        digits = self.digits(part, indices, chance)
        return Batch(
            digits.images,
            indices,
            label=digits.label,
            box=digits.box,
            circle=digits.circle,
            mask=digits.mask,
        )
