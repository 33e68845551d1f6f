"""VGG-19 distilled to a quarter of its width, down to conv5_1: small, fast and deep."""

from ..assets import VGG19_SMALL
from ._pretrained import GATYS_STYLE_LAYERS, PretrainedExtractor


class VGG19SmallExtractor(PretrainedExtractor):
    """The encoder of Wang et al. 2020 (Collaborative Distillation): 1/16 of the weights of the
    normalized VGG-19. It mirrors maps at their borders.

    relu1_1_to_vgg19 … relu5_1_to_vgg19 are 1×1 convolutions on these layers that predict the
    activations of the full VGG-19, in its 64, 128, 256, 512, 512 channels.
    """

    name = "vgg19-small"
    asset = VGG19_SMALL
    padding = "reflect"
    content_layer = "relu4_1"
    style_layers = GATYS_STYLE_LAYERS
