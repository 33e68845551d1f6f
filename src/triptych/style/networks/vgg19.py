"""VGG-19 as torchvision trained it: all 16 convolutions at full width."""

from ..assets import VGG19_WEIGHTS
from ..schedule import SLOW_NETWORK_SCHEDULE
from ._pretrained import GATYS_STYLE_LAYERS, PretrainedExtractor


class VGG19Extractor(PretrainedExtractor):
    """Simonyan & Zisserman 2015, read where Gatys et al. 2015 read it: content at relu4_2, style
    at the first layer of each block, in equal shares. A rim of zeros, as it was trained."""

    name = "vgg19"
    asset = VGG19_WEIGHTS
    padding = "zeros"
    content_layer = "relu4_2"
    style_layers = GATYS_STYLE_LAYERS
    schedule = SLOW_NETWORK_SCHEDULE
