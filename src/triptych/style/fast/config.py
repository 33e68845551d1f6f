"""Settings of fast style, beside those every training has: the only home of their defaults. Imports
nothing heavy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt

from ...frame.config import TrainingConfig, merge, option, partition
from ...frame.errors import ConfigError
from ...frame.fine_tuning import check_no_fine_tuning

MONITOR = "painting/score"

# above the defaults of all trainings, and below the user's word
DEFAULTS: Mapping[str, Any] = {
    "epochs": 12,
    "batch": 4,
    "lr": 6e-3,
    "weight_decay": 0.0,
    "warmup_fraction": 0.1,
    "ema_decay": 0.98,
    "monitor": MONITOR,
}


@dataclass(frozen=True)
class FastStyleConfig:
    """What is trained on, how much of the style there is, and how large the network is."""

    size: Annotated[int, Ge(32), Le(1024)] = option(128, "pixels of a square to learn from")
    strength: Annotated[float, Ge(0), Le(1)] = option(0.5, "0 the content alone, 1 the style")
    style_size: Annotated[int, Ge(32), Le(4096)] = option(
        256, "pixels of the style's longer side; larger ones give larger strokes"
    )
    network: str = option("vgg19-small", "the loss network: a name, or a safetensors file")
    statistics: Literal["gram", "wasserstein"] = option(
        "wasserstein", "what of a layer is compared for style: wasserstein, or gram"
    )
    variation: Annotated[float, Ge(0), Lt(1e6)] = option(
        0.07, "weight of total variation: smoothness"
    )
    width: Annotated[int, Ge(4), Le(128)] = option(16, "channels at full size")
    blocks: Annotated[int, Ge(1), Le(16)] = option(4, "residual blocks")
    steps: Annotated[int, Ge(1)] = option(100, "batches an epoch")
    min_crop: Annotated[float, Gt(0), Le(1)] = option(
        0.5, "smallest square cut from a photo, as a share of its shorter side", formerly="near"
    )
    num_validation: Annotated[int, Ge(1), Le(64)] = option(
        4, "photos held out for validation", formerly="held"
    )
    max_photos: Annotated[int, Ge(2)] = option(
        4000, "photos kept in memory, drawn at random", formerly="most"
    )

    @classmethod
    def merge(cls, *layers: Mapping[str, Any]) -> "FastStyleConfig":
        """Defaults with each layer of changes over the one before, as `config.merge`."""
        return merge(cls, *layers)


def resolve_configs(changes: Mapping[str, Any]) -> tuple[TrainingConfig, FastStyleConfig]:
    """The defaults of fast style, changed as wanted: the settings of every training, and its own.

    Raises UnknownNameError for a setting there is none of, ConfigError for a value out of range.
    """
    general, special = partition(FastStyleConfig, DEFAULTS, changes)
    config = TrainingConfig.merge(general)
    check_no_fine_tuning(config)
    if config.monitor != MONITOR:
        raise ConfigError(f"Fast style is monitored by {MONITOR}, got '{config.monitor}'.")
    return config, FastStyleConfig.merge(special)
