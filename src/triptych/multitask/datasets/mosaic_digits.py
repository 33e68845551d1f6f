"""mosaic-digits: four digits in 2×2; which digit does each pixel belong to, and where is each?"""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.dataset import Split
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ..structures.object_rows import NO_OBJECT, ObjectRows
from ._digit_dataset import DigitDataset

TILES = 4  # digits in a mosaic
TEST_SIZE = 1000  # test mosaics


class MosaicDigits(DigitDataset):
    """Four random digits an image; a pixel of ink has the class of its digit, counted from 1.

    Boxes and circles are of the same pixels.
    """

    heads = ("semantic",)
    needs_circles = True
    later_targets = ("boxes", "circles")
    default_settings = {"epochs": 4, "batch": 32}
    backbone_options = {"context": 2, "grid": 2}  # each tile has a threshold of its own

    @property
    def info(self) -> DatasetInfo:
        """Images twice as large as the digits."""
        height, width = self.cutout_size
        return self.digit_info(
            dataset="mosaic-digits",
            targets=("semantic", "boxes", "circles"),
            height=2 * height,
            width=2 * width,
        )

    def size(self, split: Split) -> int:
        """A quarter of the digits; for testing a fixed number."""
        return TEST_SIZE if split == "test" else max(1, self.num_cutouts(split) // TILES)

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Four digits each, with a class number per pixel, and box and circle of each."""
        tiles = rng.integers("tiles", self.num_cutouts(split), TILES).flatten()
        digits = self.shifted_digits(split, tiles, rng.fork("tile", TILES))
        classes = digits.mask * (digits.label + 1)[:, None, None]
        inked = digits.box[:, 2] > digits.box[:, 0]
        rows = torch.where(inked, digits.label, NO_OBJECT).view(-1, TILES)
        corner = self._tile_corners().repeat(len(indices), 1)
        assert digits.circle is not None
        center, radius = digits.circle.split([2, 1], 1)

        def objects(shapes: Float[Tensor, "tiles numbers"]) -> Float[Tensor, "batch 4 columns"]:
            shapes = (shapes * inked[:, None]).view(len(indices), TILES, -1)
            return ObjectRows(shapes, rows, rows != NO_OBJECT).to_tensor()

        return Batch.of(
            tile_2x2(digits.images),
            indices,
            semantic=tile_2x2(classes[:, None])[:, 0],
            boxes=objects(digits.box + corner.repeat(1, 2)),
            circles=objects(torch.cat([center + corner, radius], 1)),
        )

    def _tile_corners(self) -> Float[Tensor, "4 2"]:
        """x and y of the first pixel of each tile, in the order of `tile_2x2`."""
        height, width = self.cutout_size
        unit = torch.tensor([[0, 0], [1, 0], [0, 1], [1, 1]], device=self.device)
        return unit * unit.new_tensor([width, height], dtype=torch.float32)


def tile_2x2(
    tiles: Shaped[Tensor, "tiles channels height width"],
) -> Shaped[Tensor, "batch channels twice_height twice_width"]:
    """Every four tiles as one image: upper left, upper right, lower left, lower right."""
    c, h, w = tiles.shape[1:]
    grid = tiles.view(-1, 2, 2, c, h, w).permute(0, 3, 1, 4, 2, 5)
    return grid.reshape(-1, c, 2 * h, 2 * w)
