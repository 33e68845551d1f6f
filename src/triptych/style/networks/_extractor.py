"""The contract of a network that reads images for style and content: named layers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...frame.errors import UnknownNameError
from ...frame.registry import unknown_name_error
from ..schedule import DEFAULT_SCHEDULE, Schedule
from ._checkpoint_formats import ADAPTER_SUFFIX

Image = Float[Tensor, "1 3 height width"]
"""sRGB, 0 … 1, contiguous; while it is painted it may leave that range a little."""

Images = Float[Tensor, "batch 3 height width"]
"""Several of one size."""


class FeatureExtractor(nn.Module, ABC):
    """Pretrained layers that an image is read through; their weights never change.

    `layers` are the names of all layers, first to last, such as relu1_1; `strides` are the pixels a
    cell of each covers. `content_layer` and `style_layers` (with weights, which sum to 1) are what
    is read where nothing else is said, and `schedule` the steps at each scale.
    """

    name: str
    layers: tuple[str, ...]
    strides: Mapping[str, int]
    content_layer: str
    style_layers: Mapping[str, float]
    schedule: Schedule = DEFAULT_SCHEDULE

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return next(self.parameters(), torch.empty(0)).device

    @abstractmethod
    def extract(self, images: Images, layers: Sequence[str]) -> dict[str, Tensor]:
        """The activations (B, C, height, width) of layers, by name; no layer beyond the last one is
        computed.

        Parameters:
            images: (B, 3, height, width), 0 … 1.
            layers: names of those wanted.

        Raises UnknownNameError for a layer it does not have.
        """


def unknown_layer(network: FeatureExtractor, name: str) -> UnknownNameError:
    """The error for a layer that a network lacks: where it ends, and the nearest.

    Convolutions before their activations and adapters can be read, but would fill the list.

    Parameters:
        network: that lacks it.
        name: of the layer.
    """
    shown = [
        each
        for each in network.layers
        if not each.startswith("conv") and ADAPTER_SUFFIX not in each
    ]
    shown = shown or network.layers
    return UnknownNameError(
        f"{network.name} ends at {shown[-1]}. {unknown_name_error(name, shown, 'layer')}"
    )
