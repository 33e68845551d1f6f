"""VGG-19 at full width, but only to conv3_1: fine strokes, no large shapes."""

from ..assets import VGG19_CONV3
from ..schedule import SLOW_NETWORK_SCHEDULE
from ._pretrained import PretrainedExtractor


class VGG19Conv3Extractor(PretrainedExtractor):
    """The normalised VGG-19 of Gatys et al. 2015 (activations are 1 in the mean, over ImageNet):
    as far as conv3_1. It mirrors maps at their borders."""

    name = "vgg19-conv3"
    asset = VGG19_CONV3
    padding = "reflect"
    content_layer = "relu3_1"
    style_layers = dict.fromkeys(("relu1_1", "relu2_1", "relu3_1"), 1 / 3)
    schedule = SLOW_NETWORK_SCHEDULE
