"""Grad-CAM: which places of a feature map speak for an answer."""

from importlib import import_module

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError
from .explained_head import ExplainedHead, HeatMaps, Images


def grad_cam(explained: ExplainedHead, images: Images) -> HeatMaps:
    """Channels of a layer's map, each weighted by the mean gradient of the score over its places,
    added up; what is below 0 is left out (Grad-CAM, Selvaraju et al. 2017).

    Computed by Captum, and interpolated bilinearly to the pixels of the image.

    Parameters:
        explained: of the same images.
        images: values 0 … 1.

    Raises ConfigError for a layer on which the answer does not depend.
    """
    layer_grad_cam = import_module("captum.attr").LayerGradCam
    method = layer_grad_cam(explained, explained.layer)
    try:
        maps = method.attribute(
            images, additional_forward_args=explained.references, relu_attributions=True
        )
    except RuntimeError as error:
        if "not have been used" not in str(error):
            raise
        raise ConfigError(
            "The answer does not depend on the maps of this layer. Choose another --layer."
        ) from None
    return enlarge_maps(maps.detach(), explained.image_size)[:, 0]


def enlarge_maps(
    maps: Float[Tensor, "batch channels rows columns"], size: tuple[int, int]
) -> Float[Tensor, "batch channels height width"]:
    """Maps at the size of the image, interpolated between the middles of their cells.

    A cell covers the same power of two of pixels each way; the last ones reach beyond an image
    whose sides that does not divide.

    Parameters:
        maps: of the image, by a network that halves it again and again.
        size: height and width of the image in pixels.
    """
    rows, columns = maps.shape[2:]
    stride = 1
    while -(-size[0] // stride) > rows or -(-size[1] // stride) > columns:
        stride *= 2
    covered = rows * stride, columns * stride
    if (-(-size[0] // stride), -(-size[1] // stride)) != (rows, columns):
        covered = size  # of another network: its cells share the image out
    enlarged = F.interpolate(maps, size=covered, mode="bilinear", align_corners=False)
    return enlarged[:, :, : size[0], : size[1]]
