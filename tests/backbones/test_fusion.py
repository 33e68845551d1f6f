"""Norms are folded into the convolution before them, and nowhere else."""

import torch
from torch import nn

from triptych.backbones._blocks import Affine
from triptych.backbones._fusion import fuse_norms_


def test_a_batch_norm_behind_a_convolution_is_folded():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU()).eval()
    network(torch.rand(8, 2, 9, 9))
    images = torch.rand(2, 2, 9, 9)
    expected = network(images)
    fuse_norms_(network)
    assert isinstance(network[1], nn.Identity)
    assert torch.allclose(network(images), expected, atol=1e-6)


def test_an_affine_layer_is_folded_by_hand():
    conv, affine = nn.Conv2d(1, 1, 1), Affine(1)
    nn.init.constant_(conv.weight, 3.0)
    nn.init.constant_(conv.bias, 1.0)
    nn.init.constant_(affine.weight, 2.0)
    nn.init.constant_(affine.bias, 5.0)
    network = nn.Sequential(conv, affine)
    fuse_norms_(network)
    assert network(torch.full((1, 1, 1, 1), 10.0)).item() == 2 * (3 * 10 + 1) + 5


def test_a_norm_that_follows_nothing_stays():
    network = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(3), nn.Conv2d(3, 3, 1)).eval()
    fuse_norms_(network)
    assert isinstance(network[1], nn.BatchNorm2d)
