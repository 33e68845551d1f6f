"""A skewed sampling grid for patches, which avoids grid artifacts."""

from collections.abc import Iterator

from torch import Tensor

MAX_SKEW = 3  # of the grid, at most: of places further apart, too few see each pixel


class SkewedGrid:
    """The positions at which patches are compared: one in `step`, each row's `skew` beside the
    last's.

    With positions in rows and columns, all pixels of a column would meet the same columns of a
    patch, and stripes of this width would grow. Here a² + 1 offsets, a being the skew, are taken in
    turn, so that pixels meet every row and every column of a patch alike.

    Parameters:
        patch: side of a patch, in pixels.
    """

    def __init__(self, patch: int):
        self.skew = min(MAX_SKEW, patch // 4)
        self.step = self.skew**2 + 1

    def offset_views(self, maps: Tensor) -> Iterator[Tensor]:
        """Views of maps without their first rows and columns, one for each offset of the grid.

        Every `step`-th row and column of each view are all positions of the grid, each once.

        Parameters:
            maps: (…, height, width).
        """
        for row in range(self.step):
            yield maps[..., row:, row * self.skew % self.step :]

    def sample(self, maps: Tensor) -> list[Tensor]:
        """The values of `maps`, (…, height, width), at the positions of the grid, one tensor for
        each view.
        """
        return [view[..., :: self.step, :: self.step] for view in self.offset_views(maps)]
