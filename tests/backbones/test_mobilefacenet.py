"""MobileFaceNet: as its paper's table says, grey as RGB, and the same when fused."""

import torch

from triptych.backbones._fusion import fuse_norms_
from triptych.backbones.mobilefacenet import MobileFaceNet


def warmed() -> MobileFaceNet:
    """With statistics in its norms that are not those of the start."""
    torch.manual_seed(0)
    net = MobileFaceNet(3, 112, 96)
    with torch.no_grad():
        net.train()(torch.rand(4, 3, 112, 96))
    return net.eval()


def test_there_are_fifteen_blocks_of_which_twelve_have_a_shortcut():
    net = MobileFaceNet(3, 112, 112)
    assert len(net.blocks) == 15
    assert sum(block.skips for block in net.blocks) == 12


@torch.no_grad()
def test_grey_is_read_as_three_equal_channels():
    net = warmed()
    grey = torch.rand(2, 1, 112, 96)
    torch.manual_seed(0)
    for one, three in zip(net(grey), net(grey.expand(-1, 3, -1, -1))):
        assert torch.equal(one, three)


@torch.no_grad()
def test_fused_norms_change_nothing_but_the_rounding():
    net, images = warmed(), torch.rand(2, 3, 112, 96)
    before = net(images)
    fuse_norms_(net)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in net.modules())
    for one, other in zip(before, net(images)):
        assert torch.allclose(one, other, atol=1e-4)
