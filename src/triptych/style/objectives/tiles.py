"""Tiles of an image, each read with enough around it that its cells are those of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import FeatureExtractor

PROBE_CELLS = (
    10  # cells of the coarsest layer to each side within which a cell's reach is looked for
)


@dataclass(frozen=True)
class Tile:
    """A tile of an image, and the halo it is read with, as far as the image goes.

    Parameters:
        top, bottom, left, right: the tile, in pixels of the image.
        height, width: of the image.
        halo: pixels read beyond the tile on each side.
    """

    top: int
    bottom: int
    left: int
    right: int
    height: int
    width: int
    halo: int

    @property
    def read_window(self) -> tuple[slice, slice]:
        """Rows and columns of the image it is read with."""
        rows = slice(max(0, self.top - self.halo), min(self.height, self.bottom + self.halo))
        columns = slice(max(0, self.left - self.halo), min(self.width, self.right + self.halo))
        return rows, columns

    def inner(self, maps: Tensor, stride: int) -> Float[Tensor, "1 channels rows columns"]:
        """Its own cells among those read. The last ones of the image have no end.

        Parameters:
            maps: activations of the window that was read, (1, C, rows, columns).
            stride: pixels a cell covers.
        """
        rows, columns = self.read_window
        top, left = (self.top - rows.start) // stride, (self.left - columns.start) // stride
        bottom = (self.bottom - rows.start) // stride if self.bottom < self.height else None
        right = (self.right - columns.start) // stride if self.right < self.width else None
        return maps[:, :, top:bottom, left:right]

    def cell_window(self, maps: Tensor, stride: int) -> tuple[slice, slice]:
        """Rows and columns of its own cells among those of the whole image.

        Parameters:
            maps: its own cells, (1, C, rows, columns).
            stride: pixels a cell covers.
        """
        top, left = self.top // stride, self.left // stride
        return slice(top, top + maps.shape[2]), slice(left, left + maps.shape[3])


def make_tiles(height: int, width: int, side: int, halo: int, stride: int) -> list[Tile]:
    """The tiles of an image, about equal, from whole cells of the coarsest layer on.

    Parameters:
        height, width: of the image, in pixels.
        side: the most a tile has, where that is two strides or more.
        halo: pixels each tile is read with beyond its own.
        stride: of the coarsest layer.
    """
    rows, columns = (_boundaries(whole, side, stride) for whole in (height, width))
    return [
        Tile(*down, *across, height, width, halo)
        for down in pairwise(rows)
        for across in pairwise(columns)
    ]


def _boundaries(whole: int, side: int, stride: int) -> list[int]:
    """Where tiles of a side begin, and where the last one ends."""
    step = max(1, side // stride)
    count = -(-whole // (step * stride))
    cells = -(-whole // stride)
    return [cells * place // count * stride for place in range(count)] + [whole]


def receptive_field(network: FeatureExtractor, layers: Sequence[str]) -> int:
    """How many pixels beyond those it covers a cell depends on, at most, up to whole cells of the
    coarsest layer: measured from the gradient of one cell for noise.

    Parameters:
        network: to be measured.
        layers: the layers that count.
    """
    coarsest = max(network.strides[layer] for layer in layers)
    side = (2 * PROBE_CELLS + 1) * coarsest
    first = next(network.parameters(), torch.empty(0))
    noise = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    leaf, farthest = noise.to(first.device).requires_grad_(), 0
    with torch.enable_grad():
        activations = network.extract(leaf, layers)
        for layer in layers:
            stride = network.strides[layer]
            place = PROBE_CELLS * coarsest // stride
            cell = activations[layer][0, :, place, place].sum()
            (slope,) = torch.autograd.grad(cell, leaf, retain_graph=True)
            for touched in (slope.abs().sum((0, 1, 2)), slope.abs().sum((0, 1, 3))):
                places = touched.nonzero().flatten().tolist() or [place * stride]
                before, after = place * stride - places[0], places[-1] - (place + 1) * stride + 1
                farthest = max(farthest, before, after)
    return -(-farthest // coarsest) * coarsest
