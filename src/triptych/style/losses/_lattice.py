"""Where patches are laid: places that leave no grid behind."""

from collections.abc import Iterator

from torch import Tensor

SLANT = 3  # at most: of places further apart, too few see each pixel


class SkewedGrid:
    """One place in `step`, each row's a `slant` beside those of the row above.

    With places in rows and columns, all pixels of a column would meet the same columns of a patch,
    and stripes that it has of this width would grow. Here a² + 1 places, a being the slant, are
    taken in turn, so that they meet every row and every column alike.
    """

    def __init__(self, patch: int):
        """For patches of this side."""
        self.skew = min(SLANT, patch // 4)
        self.step = self.skew**2 + 1

    def offset_views(self, maps: Tensor) -> Iterator[Tensor]:
        """Maps (…, height, width) without their first rows and columns, so that every `step`-th
        row and column of each view are all places once, in the order of the views."""
        for row in range(self.step):
            yield maps[..., row:, row * self.skew % self.step :]

    def sample(self, maps: Tensor) -> list[Tensor]:
        """What maps are at the places, by view."""
        return [view[..., :: self.step, :: self.step] for view in self.offset_views(maps)]
