"""digits: class, box, circle and mask of a digit, all at once."""

from jaxtyping import Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Split
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._digit_dataset import DigitDataset


class Digits(DigitDataset):
    """One digit an image, with everything there is to know about it."""

    heads = ("box", "circle", "label", "mask")
    needs_circles = True
    loss_weights = {"circle": 5.0}  # the hardest of the four: its precision comes last
    default_settings = {"epochs": 3}
    backbone_options = {"context": 2}

    @property
    def info(self) -> DatasetInfo:
        """Plain digits with all their targets."""
        return self.digit_info(dataset="digits", targets=("label", "box", "circle", "mask"))

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """A digit each, with everything that is true of it."""
        digits = self.shifted_digits(split, indices, rng)
        return Batch.of(
            digits.images,
            indices,
            label=digits.label,
            box=digits.box,
            circle=digits.circle,
            mask=digits.mask,
        )
