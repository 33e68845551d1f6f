"""circled-digits: which digit, and the smallest circle around its ink."""

from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Split
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._digit_dataset import DigitDataset, WritingConfig


class CircledDigits(DigitDataset):
    """One digit an image, with its class and enclosing circle ("circlization")."""

    config_class = WritingConfig
    former_options = {"input": "image"}
    heads = ("circle", "label")
    needs_circles = True
    default_settings = {"epochs": 4}
    backbone_options = {"context": 1}

    @property
    def info(self) -> DatasetInfo:
        """Plain digits with class and circle."""
        return self.digit_info(
            dataset="circled-digits", targets=("label", "circle"), input=self.config.input
        )

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """A digit each, with class and circle."""
        digits = self.shifted_digits(split, indices, rng)
        return Batch.of(digits.images, indices, label=digits.label, circle=digits.circle)
