"""Build a method by its name: the features of a network, or patches."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ...backbones.vgg19 import Pooling
from ...frame.errors import AssetNotFoundError, ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ...frame.training.devices import resolve_device as named_device
from ..config import AUTO, PATCHES, FeatureConfig
from ..networks._build import check_network, load_extractor
from .feature_objective import FeatureMethod
from .objective import ObjectiveFactory
from .patch_objective import PatchMethod

OPTIONS = tuple(known.name for known in fields(FeatureConfig))


def build_method(
    features: str = AUTO,
    *,
    pooling: Pooling = FeatureConfig.pooling,
    layers: Mapping[str, float] | None = FeatureConfig.layers,
    device: str = "auto",
    half: bool = FeatureConfig.half,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
    **options: Any,
) -> ObjectiveFactory:
    """The method of this name, to be given to `transfer`.

    Parameters:
        features: a network's name; a safetensors file; "patches", which needs no network; or
            "auto", the best network that is available, and patches where there is none and no
            option of one is set.
        pooling: of the network, "average" or "max".
        layers: the layers that style is read at, weighted; None: the network's own.
        device: "auto", "cpu", "cuda", "cuda:1" …
        half: keep the weights of VGG-19 at half precision.
        seed: of the random directions of patches.
        progress: told how far a download is.
        options: further fields of `FeatureMethod`: `statistics`, `variation`, `octaves`,
            `content_layer`.

    Raises UnknownNameError for an option there is none of, ConfigError for options of a network
    where patches are wanted, and what `load_extractor` and `FeatureMethod` raise.
    """
    for name in options:
        if name not in OPTIONS:
            raise unknown_name_error(name, (*OPTIONS, "device", "seed"), "option of build_method")
    of_network = bool(options or layers or half or pooling != FeatureConfig.pooling)
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
