"""circled-digits: which digit, and the smallest circle around its ink."""

from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Part
from ..data.digit_dataset import DigitDataset
from ..structures.batch import Batch
from ..structures.info import Card


class CircledDigits(DigitDataset):
    """One digit an image, with its class and enclosing circle ("circlization")."""

    circles = True
    recommended = {"epochs": 4}
    backbone_options = {"context": 1}

    @property
    def card(self) -> Card:
        return self.digit_card(dataset="circled-digits", truths=("label", "circle"))

    def make(self, part: Part, indices: Int[Tensor, " batch"], chance: CounterRNG) -> Batch:
        digits = self.digits(part, indices, chance)
        return Batch(digits.images, indices, label=digits.label, circle=digits.circle)
