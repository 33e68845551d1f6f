"""Cutting a picture into tiles, and how far a network sees."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.tiles import Tile, make_tiles, receptive_field

SIDES = st.integers(1, 90)


@given(SIDES, SIDES, st.integers(4, 50), st.sampled_from([1, 2, 4]))
def test_every_cell_is_in_one_tile(height: int, width: int, side: int, stride: int) -> None:
    cells = torch.zeros(1, 1, -(-height // stride), -(-width // stride))
    for tile in make_tiles(height, width, side, 2 * stride, stride):
        rows, columns = tile.read_window
        # what a network reads: a cell for each stride begun
        read = cells[:, :, rows, columns] if stride == 1 else None
        if read is None:
            down = -(-(rows.stop - rows.start) // stride)
            read = torch.zeros(1, 1, down, -(-(columns.stop - columns.start) // stride))
        own = tile.inner(read, stride)
        down, across = tile.cell_window(own, stride)
        cells[:, :, down, across] += 1
        assert tile.bottom - tile.top <= max(side, stride)
    assert (cells == 1).all()


def test_tiles_are_read_with_their_surroundings_but_no_farther_than_the_picture() -> None:
    tiles = make_tiles(40, 20, 20, 8, 4)
    assert [(tile.top, tile.bottom, tile.left, tile.right) for tile in tiles] == [
        (0, 20, 0, 20),
        (20, 40, 0, 20),
    ]
    assert tiles[0].read_window == (slice(0, 28), slice(0, 20))
    assert tiles[1].read_window == (slice(12, 40), slice(0, 20))


def test_own_cells_are_those_of_the_whole() -> None:
    whole = torch.arange(100.0).view(1, 1, 10, 10)  # cells of 2 pixels
    tile = Tile(8, 12, 4, 20, 20, 20, 4)
    rows, columns = tile.read_window
    read = whole[:, :, rows.start // 2 : rows.stop // 2, columns.start // 2 : columns.stop // 2]
    own = tile.inner(read, 2)
    down, across = tile.cell_window(own, 2)
    assert torch.equal(own, whole[:, :, down, across])
    assert torch.equal(own, whole[:, :, 4:6, 2:10])


@pytest.mark.parametrize(("layers", "expected"), [(("relu1_1",), 1), (("relu1_1", "relu2_1"), 4)])
def test_a_network_sees_as_far_as_its_convolutions(
    tiny: FeatureExtractor, layers: tuple[str, ...], expected: int
) -> None:
    # relu2_1: one cell of 2 pixels, and one more; in whole cells of 2
    assert receptive_field(tiny, layers) == expected
