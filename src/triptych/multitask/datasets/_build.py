"""A dataset by its name: which source it draws on, and whether the two fit."""

from collections.abc import Mapping
from typing import Any

import torch

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.assets import fetch_or_locate
from ..data.dataset import Dataset
from ..sources import SOURCES, open_source
from . import DATASETS

DRAWN = "drawn"  # the source that is always at hand


def chosen_source(name: str) -> str:
    """The source a dataset draws on by default: the real one where it is at hand, else "drawn"."""
    real = DATASETS[name].real
    return real if SOURCES[real]().at_hand() else DRAWN


def open_dataset(
    name: str,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
    watch: ProgressCallback = no_progress,
) -> Dataset:
    """The dataset of this name over a source; what the source lacks is fetched, told to `watch`.

    Raises UnknownNameError, ConfigError for a source that does not fit, AssetNotFoundError or
    DataError."""
    kind = DATASETS[name]
    spec = source or chosen_source(name)
    supplier = open_source(spec)
    if kind.subject not in supplier.subjects:
        fitting = [known for known in SOURCES if kind.subject in SOURCES[known].subjects]
        raise ConfigError(
            f"The dataset '{name}' is made of {kind.subject}, which the source '{spec}' does not "
            f"have. Use --source {' or '.join(fitting)}."
        )
    for asset in supplier.assets:
        fetch_or_locate(asset, watch)
    return kind(supplier, options, seed=seed, device=device)
