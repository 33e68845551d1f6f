"""A network whose weights were trained elsewhere, read by the names of its layers."""

from abc import ABC
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from ...backbones.vgg19 import Padding, Pooling
from ...frame.errors import ImageError
from ...frame.storage.assets import Asset
from ._checkpoint_formats import ADAPTER_SUFFIX, StateDict, build_backbone
from ._extractor import FeatureExtractor, Images, unknown_layer

# the first layer of each block, in equal shares (Gatys et al. 2015)
GATYS_STYLE_LAYERS = dict.fromkeys((f"relu{block}_1" for block in range(1, 6)), 1 / 5)


class PretrainedExtractor(FeatureExtractor, ABC):
    """Weights in a backbone, frozen. A concrete network says where they come from, and where it is
    read by default.

    Parameters:
        tensors: weights by name.
        file: what errors call them.
        pooling: "average" or "max".
        padding: "zeros" or "reflect"; None: the network's own.

    Raises DataError where the weights do not fit.
    """

    asset: ClassVar[Asset]
    padding: ClassVar[Padding | None] = None  # None: as its file suggests

    def __init__(
        self,
        tensors: StateDict,
        file: str,
        *,
        pooling: Pooling = "max",
        padding: Padding | None = None,
    ):
        super().__init__()
        built = build_backbone(tensors, file, pooling=pooling, padding=padding or self.padding)
        self.backbone = built.backbone
        self.heads = nn.ModuleDict(dict(built.adapters))
        self.layers = tuple(
            name
            for layer in built.backbone.layers
            for name in ((layer, layer + ADAPTER_SUFFIX) if layer in built.adapters else (layer,))
        )
        self.eval()
        self.strides = {
            name: self.backbone.stride(name.removesuffix(ADAPTER_SUFFIX)) for name in self.layers
        }

    def to_device(self, device: torch.device) -> "PretrainedExtractor":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore
        return self

    def to_bfloat16(self) -> "PretrainedExtractor":
        """Itself, computing in bfloat16 from the first convolution on; the activations it returns
        are float32.
        """
        for module in (*self.backbone.children(), *self.heads.children()):
            if module is not self.backbone.conv0:  # whose digits would be lost for good
                module.to(torch.bfloat16)
        return self

    def extract(self, images: Images, layers: Sequence[str]) -> dict[str, Tensor]:
        """The activations of layers, by name, as float32.

        Raises ImageError for an image that is not finite at every pixel, or no larger than one cell
        of a layer, and UnknownNameError for a layer it does not have.
        """
        self._check(images, layers)
        backbone_layers = {name.removesuffix(ADAPTER_SUFFIX) for name in layers}
        activations = self.backbone.forward_features(_channels_last(images), backbone_layers)
        return {name: self._activation(name, activations) for name in layers}

    def _activation(self, name: str, activations: Mapping[str, Tensor]) -> Tensor:
        layer = name.removesuffix(ADAPTER_SUFFIX)
        return (
            activations[name] if name == layer else self.heads[layer](activations[layer]).relu_()
        ).float()

    def _check(self, images: Images, layers: Sequence[str]) -> None:
        for name in layers:
            if name not in self.layers:
                raise unknown_layer(self, name)
        height, width = images.shape[2:]
        coarsest = max(layers, key=self.strides.__getitem__, default=self.layers[0])
        needed = self.strides[coarsest] + 1
        if min(height, width) < needed:
            raise ImageError(
                f"Expected sides of at least {needed} pixels to read {coarsest}, got "
                f"{width}×{height}. Take a larger picture, or layers less deep."
            )
        # a sum is finite where all are, and needs no memory
        if not images.detach().sum().isfinite():
            raise ImageError("Expected a picture of finite numbers, got some that are not.")


def _channels_last(images: Images) -> Tensor:
    """Images in the layout convolutions are fastest on; their gradient comes back contiguous."""
    inside = images.contiguous(memory_format=torch.channels_last)
    if inside.requires_grad:
        inside.register_hook(Tensor.contiguous)
    return inside
