"""The way to judge a picture, by its name."""

from collections.abc import Mapping
from typing import Any

from ...backbones.vgg19 import Pooling
from ...frame.errors import AssetNotFoundError, ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.training.devices import resolve_device as named_device
from ..networks._build import AUTO, check_network, load_extractor
from .feature_objective import FeatureMethod
from .objective import ObjectiveFactory
from .patch_objective import PatchMethod

PATCHES = "patches"  # the features that need no network
POOLING = "average"  # gives longer strokes and fewer blocks than max (Gatys et al. 2015 found so)


def build_method(
    features: str = AUTO,
    *,
    pooling: Pooling = POOLING,
    layers: Mapping[str, float] | None = None,
    device: str = "auto",
    half: bool = False,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
    **options: Any,
) -> ObjectiveFactory:
    """Judges by the network of this name, or in this file; by patches where that is the name, or
    where "auto" finds no network at hand and none of its options is set.

    `options` are those of `ByFeatures`; `seed` is that of patches. Raises what `open_network` and
    `ByFeatures` raise, and ConfigError for options of a network where patches are asked for."""
    of_network = bool(options or layers or half or pooling != POOLING)
    if features == PATCHES and of_network:
        raise ConfigError(
            "Patches need no network, so they have no options of one. Leave them out."
        )
    if features != PATCHES:
        check_network(features, PATCHES)
        try:
            network = load_extractor(
                features, pooling=pooling, device=device, half=half, progress=progress
            )
        except AssetNotFoundError:
            if features != AUTO or of_network:
                raise
        else:
            return FeatureMethod(network, layers=layers, **options)
    return PatchMethod(seed=seed, device=named_device(device))
