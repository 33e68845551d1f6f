"""Datasets, one a file: the name of a dataset and a source come in, a `Dataset` goes out.

A module without a leading underscore is a dataset.
"""

from collections.abc import Mapping
from typing import Any

import torch

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import Registry
from ...frame.storage.assets import fetch_or_locate
from ..data.dataset import Dataset
from ..sources import SOURCES, build_source

DATASETS: Registry[type[Dataset]] = Registry("dataset", "triptych.multitask.datasets", Dataset)

FALLBACK_SOURCE = "drawn"  # needs no files


def default_source(name: str) -> str:
    """The name of a dataset's default source: the real one where it is available, else "drawn"."""
    real = DATASETS[name].real_source
    return real if SOURCES[real]().is_available() else FALLBACK_SOURCE


def open_dataset(
    name: str,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
    progress: ProgressCallback = no_progress,
) -> Dataset:
    """A dataset made from a source, whose missing files are fetched.

    Parameters:
        name: a name in `DATASETS`.
        source: NAME or NAME:ARGUMENT of a source, or a folder of IDX files; by default the
            dataset's real source where it is available, else "drawn".
        options: the dataset's own settings by name.
        seed: of training and validation images.
        device: where batches are made.
        progress: told how far files are fetched.

    Raises UnknownNameError, ConfigError for a source that does not fit, AssetNotFoundError or
    DataError.
    """
    dataset_class = DATASETS[name]
    spec = source or default_source(name)
    cutout_source = build_source(spec)
    if dataset_class.subject not in cutout_source.subjects:
        fitting = [known for known in SOURCES if dataset_class.subject in SOURCES[known].subjects]
        raise ConfigError(
            f"The dataset '{name}' is made of {dataset_class.subject}, which the source '{spec}' "
            f"does not have. Use --source {' or '.join(fitting)}."
        )
    for asset in cutout_source.assets:
        fetch_or_locate(asset, progress)
    return dataset_class(cutout_source, options, seed=seed, device=device)
