"""SqueezeNet 1.1: 0.7 million weights, small enough to travel with anything."""

from ..assets import SQUEEZENET
from ._pretrained import PretrainedExtractor


class SqueezeNetExtractor(PretrainedExtractor):
    """Iandola et al. 2016, read at the last fire of each size: content two sizes up."""

    name = "squeezenet"
    asset = SQUEEZENET
    content_layer = "fire5"
    style_layers = dict.fromkeys(("relu1", "fire3", "fire5", "fire9"), 1 / 4)
