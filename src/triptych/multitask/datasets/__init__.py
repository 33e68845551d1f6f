"""Datasets, one a file: the name of a dataset and a source come in, a `Dataset` goes out.

A module without a leading underscore is a dataset.
"""

from collections.abc import Mapping
from typing import Any

import torch

from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import Registry
from ..data.dataset import Dataset

DATASETS: Registry[type[Dataset]] = Registry("dataset", "triptych.multitask.datasets", Dataset)


def open_dataset(
    name: str,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
    progress: ProgressCallback = no_progress,
) -> Dataset:
    """A dataset by its name, with the files or the source it needs.

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
    return DATASETS[name].open(source, options, seed=seed, device=device, progress=progress)
