"""A backbone by its name and options."""

from collections.abc import Mapping
from typing import Any

from ..frame.errors import ConfigError
from . import BACKBONES
from ._backbone import Backbone

FORMER_OPTIONS = {"base": "base_channels", "widest": "max_channels"}
"""What options were called in runs of earlier versions, and are called today."""


def rename_former_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a backbone under today's names."""
    return {FORMER_OPTIONS.get(name, name): value for name, value in options.items()}


def build_backbone(
    name: str, channels: int, height: int, width: int, options: Mapping[str, Any]
) -> Backbone:
    """A new backbone of this name, with random weights.

    Parameters:
        name: a name in `BACKBONES`.
        channels: of the images, as are `height` and `width` in pixels.
        options: keyword arguments of the backbone, under today's names or former ones.

    Raises UnknownNameError for no such backbone, ConfigError for an option it does not have.
    """
    options = rename_former_options(options)
    try:
        return BACKBONES[name](channels, height, width, **options)
    except TypeError as error:
        raise ConfigError(f"Backbone '{name}' with {options}: {error}.") from None
