"""Networks whose layers are read by name, as style losses do: VGG-19 and SqueezeNet."""

from abc import abstractmethod
from collections.abc import Collection, Iterator
from typing import ClassVar, Literal

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ..frame.registry import unknown_name_error
from ._backbone import Backbone, FeaturePyramid

Pooling = Literal["max", "average"]
"""How maps are halved; average after Gatys et al. 2015."""


class NamedLayers(Backbone):
    """A backbone that gives the activations of any of its layers by their names."""

    FIRST_CONVOLUTION: ClassVar[str]

    conv0: nn.Conv2d | None
    """A 1×1 convolution in front that prepares colors, as part of the weights."""

    pooling: Pooling

    stage_ends: tuple[str, ...]
    """The last layer of each size: what `forward` gives."""

    @property
    @abstractmethod
    def layers(self) -> tuple[str, ...]:
        """The names of all layers, first to last."""

    @abstractmethod
    def stride(self, layer: str) -> int:
        """Pixels of the image that a cell of this layer covers, each way."""

    @abstractmethod
    def _activations(
        self, maps: Tensor, wanted: Collection[str]
    ) -> Iterator[tuple[str, Float[Tensor, "batch channels height width"]]]:
        """Each layer and its activations, first to last, computed when it is asked for.

        Parameters:
            maps: the images behind `conv0`.
            wanted: layers whose activations must not be changed in place afterwards.
        """

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to the activations of `stage_ends`."""
        activations = self.forward_features(images, self.stage_ends)
        return [activations[name] for name in self.stage_ends]

    def forward_features(
        self, images: Float[Tensor, "batch channels height width"], layers: Collection[str]
    ) -> dict[str, Tensor]:
        """The activations of some layers by name; nothing behind the last of them is computed.

        Parameters:
            images: 0 … 1.
            layers: names from `layers`.

        Raises UnknownNameError for a layer it does not have.
        """
        for name in layers:
            if name not in self.layers:
                raise unknown_name_error(name, self.layers, "layer")
        maps = images if self.conv0 is None else self.conv0(images)
        # colors need all their digits; what follows may compute in bfloat16
        maps = maps.to(self.get_parameter(f"{self.FIRST_CONVOLUTION}.weight").dtype)
        activations: dict[str, Tensor] = {}
        for name, layer_maps in self._activations(maps, layers):
            if name in layers:
                activations[name] = layer_maps
            if len(activations) == len(set(layers)):
                break
        return activations

    def _pool(
        self, maps: Tensor, kernel: int, *, padding: int = 0, ceil_mode: bool = True
    ) -> Tensor:
        """Halve maps; an average is over the cells of the map, not over its padding."""
        if self.pooling == "average":
            return F.avg_pool2d(
                maps, kernel, 2, padding, ceil_mode=ceil_mode, count_include_pad=False
            )
        return F.max_pool2d(maps, kernel, 2, padding, ceil_mode=ceil_mode)
