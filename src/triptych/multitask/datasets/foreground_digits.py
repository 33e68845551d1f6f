"""foreground-digits: which pixels are ink, by Otsu's threshold."""

from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Split
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._digit_dataset import DigitDataset, WritingConfig


class ForegroundDigits(DigitDataset):
    """One digit an image, with the mask of its ink."""

    config_class = WritingConfig
    former_options = {"input": "image"}
    heads = ("mask",)
    default_settings = {"epochs": 4}
    backbone_options = {"context": 3, "max_channels": 32}  # a threshold is global, not deep

    @property
    def info(self) -> DatasetInfo:
        """Plain digits with their masks."""
        return self.digit_info(
            dataset="foreground-digits", targets=("mask",), input=self.config.input
        )

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """A digit each, with its mask."""
        digits = self.shifted_digits(split, indices, rng)
        return Batch.of(digits.images, indices, mask=digits.mask)
