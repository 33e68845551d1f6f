"""mosaic-digits: four digits in 2×2; which digit does each pixel belong to?"""

from jaxtyping import Int, Shaped
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Part
from ..data.digit_dataset import DigitDataset
from ..structures.batch import Batch
from ..structures.info import Card

TILES = 4  # digits in a mosaic
TESTED = 1000  # test mosaics


class MosaicDigits(DigitDataset):
    """Four random digits an image; a pixel of ink has the class of its digit, counted from 1."""

    recommended = {"epochs": 4, "batch": 32}
    backbone_options = {"context": 2, "grid": 2}  # each tile has a threshold of its own

    @property
    def card(self) -> Card:
        height, width = self.stock["train"].mask.shape[1:]
        return self.digit_card(
            dataset="mosaic-digits", truths=("semantic",), height=2 * height, width=2 * width
        )

    def size(self, part: Part) -> int:
        return TESTED if part == "test" else max(1, len(self.stock[part]) // TILES)

    def make(self, part: Part, indices: Int[Tensor, " batch"], chance: CounterRNG) -> Batch:
        tiles = chance.integers("tiles", len(self.stock[part]), TILES).flatten()
        digits = self.digits(part, tiles, chance.fork("tile", TILES))
        classes = digits.mask * (digits.label + 1)[:, None, None]
        return Batch(mosaic(digits.images), indices, semantic=mosaic(classes[:, None])[:, 0])


def mosaic(
    tiles: Shaped[Tensor, "tiles channels height width"],
) -> Shaped[Tensor, "batch channels twice_height twice_width"]:
    """Every four tiles as one picture: upper left, upper right, lower left, lower right."""
    c, h, w = tiles.shape[1:]
    grid = tiles.view(-1, 2, 2, c, h, w).permute(0, 3, 1, 4, 2, 5)
    return grid.reshape(-1, c, 2 * h, 2 * w)
