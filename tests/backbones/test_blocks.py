"""Blocks keep the size their stride says, and begin as their skip alone."""

import pytest
import torch

from triptych.backbones._blocks import ConvBlock, ResidualBlock


@pytest.mark.parametrize("block", [ConvBlock, ResidualBlock])
@pytest.mark.parametrize(("stride", "size"), [(1, (9, 12)), (2, (5, 6)), (4, (3, 3))])
def test_maps_shrink_by_the_stride_rounded_up(
    block: type[ConvBlock | ResidualBlock], stride: int, size: tuple[int, int]
):
    assert block(3, 7, stride)(torch.rand(2, 3, 9, 12)).shape == (2, 7, *size)


def test_a_residual_block_begins_as_its_skip():
    maps = torch.randn(2, 4, 8, 8)
    assert torch.equal(ResidualBlock(4, 4)(maps), maps.relu())
    block = ResidualBlock(4, 6, stride=2)
    assert torch.equal(block(maps), block.skip(maps[..., ::2, ::2]).relu())


def test_a_skip_has_weights_only_where_the_shape_changes():
    assert not list(ResidualBlock(4, 4).skip.parameters())
    assert list(ResidualBlock(4, 4, stride=2).skip.parameters())
    assert list(ResidualBlock(4, 5).skip.parameters())
