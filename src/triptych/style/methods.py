"""The way to judge a picture, by its name."""

from collections.abc import Mapping
from typing import Any

from ..backbones.vgg19 import Pooling
from ..frame.progress import Watcher, silence
from .features import ByFeatures
from .objective import Method
from .opening import AUTO, open_network

POOLING = "average"  # gives longer strokes and fewer blocks than max (Gatys et al. 2015 found so)


def open_method(
    features: str = AUTO,
    *,
    pooling: Pooling = POOLING,
    layers: Mapping[str, float] | None = None,
    device: str = "auto",
    half: bool = False,
    watch: Watcher = silence,
    **options: Any,
) -> Method:
    """Judges by the network of this name, or in this file.

    `options` are those of `ByFeatures`. Raises what `open_network` and `ByFeatures` raise."""
    network = open_network(features, pooling=pooling, device=device, half=half, watch=watch)
    return ByFeatures(network, layers=layers, **options)
