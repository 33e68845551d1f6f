"""Norms folded into the convolutions before them: the same numbers in less time."""

from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ._blocks import Affine, ConvBlock, ResidualBlock
from ._decoder import SeparableBlock
from .dlib_resnet import DlibBlock, DlibResNet
from .efficientnet_lite0 import InvertedResidual, Stem
from .mobilefacenet import ConvBNPReLU

IN_ORDER = (
    *(ConvBlock, ResidualBlock, SeparableBlock, Stem, InvertedResidual),
    *(ConvBNPReLU, DlibBlock, DlibResNet, nn.Sequential),
)
"""Modules whose norms follow right behind the convolution that is named before them."""


def fuse_norms_(network: nn.Module) -> None:
    """Fold each batch norm or affine layer behind a convolution into its weights, in place, for
    evaluation only.

    Parameters:
        network: its parts in `IN_ORDER` are changed, however deep they are.
    """
    for part in network.modules():
        if isinstance(part, IN_ORDER):
            for (before, conv), (after, norm) in pairwise(list(part.named_children())):
                if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d | Affine):
                    fuse = _fuse_affine if isinstance(norm, Affine) else fuse_conv_bn_eval
                    setattr(part, before, fuse(conv, norm))  # pyright: ignore  # as `norm` is
                    setattr(part, after, nn.Identity())


@torch.no_grad()
def _fuse_affine(conv: nn.Conv2d, affine: Affine) -> nn.Conv2d:
    """The convolution itself, whose weights and biases are changed."""
    assert conv.bias is not None
    conv.weight.mul_(affine.weight.view(-1, 1, 1, 1))
    conv.bias.mul_(affine.weight).add_(affine.bias)
    return conv
