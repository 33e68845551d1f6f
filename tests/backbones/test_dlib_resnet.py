"""dlib's network: its sizes, and norms folded into convolutions."""

import pytest
import torch

from triptych.backbones._fusion import fuse_norms_
from triptych.backbones.dlib_resnet import DlibResNet


@pytest.mark.parametrize(
    "side, sides", [(150, (72, 35, 17, 8, 4, 2)), (131, (63, 31, 15, 7, 3, 1))], ids=str
)
def test_unpadded_maps_have_dlibs_sizes(side: int, sides: tuple[int, ...]):
    maps = DlibResNet(3, side, side, padded=False)(torch.rand(1, 3, side, side))
    assert [found.shape[-1] for found in maps] == list(sides)


def test_a_grey_image_is_three_equal_channels():
    network = DlibResNet(1, 40, 40).eval()
    grey = torch.rand(2, 1, 40, 40)
    for one, three in zip(network(grey), network(grey.expand(-1, 3, -1, -1))):
        assert torch.equal(one, three)


def test_affine_layers_folded_into_convolutions_change_nothing():
    torch.manual_seed(0)
    network = DlibResNet(3, 40, 40).eval()
    for name, values in network.named_parameters():
        if "scale" in name:
            torch.nn.init.uniform_(values, 0.5, 1.5)
    images = torch.rand(2, 3, 40, 40)
    before = [found.clone() for found in network(images)]
    fuse_norms_(network)
    assert not any("scale" in name for name, _ in network.named_parameters())
    for found, expected in zip(network(images), before):
        assert torch.allclose(found, expected, rtol=1e-4, atol=1e-4)
