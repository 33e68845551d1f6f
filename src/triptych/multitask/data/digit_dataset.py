"""What the digit datasets share: settings, card and the shifted digit itself."""

from typing import Any

from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..structures.info import Card
from .compositing import Shifted, shifted
from .dataset import Dataset, Options, Part


class DigitOptions(Options):
    """Settings of the digit datasets."""

    shift: int = Field(
        default=2, ge=0, le=8, description="training digits move by up to so many pixels"
    )


class DigitDataset(Dataset):
    """A dataset of one source digit an image; subclasses say what is done with it."""

    subject = "digits"
    real = "mnist"
    options_class = DigitOptions

    def size(self, part: Part) -> int:
        return len(self.stock[part])

    def digit_card(self, **changes: Any) -> Card:
        """The card of plain digits, with these changes."""
        height, width = self.stock["train"].mask.shape[1:]
        facts = {
            "channels": 1,
            "height": height,
            "width": width,
            "classes": self.classes,
            "names": {"label": "digit"},
            "ground": "dark",
        }
        return Card(**{**facts, **changes})

    def digits(self, part: Part, chosen: Int[Tensor, " batch"], chance: CounterRNG) -> Shifted:
        """These digits of the part, moved a little in training."""
        reach = self.options.shift if part == "train" else 0
        return shifted(self.stock[part], chosen, chance, reach)
