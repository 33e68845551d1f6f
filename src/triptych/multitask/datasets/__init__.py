"""Datasets, one a file: the name of a dataset and a source come in, a `Dataset` goes out.

A module without a leading underscore is a dataset.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import Registry
from ..data.dataset import Dataset
from ..data.source import Source
from ._synthetic_dataset import SyntheticDataset

DATASETS: Registry[type[Dataset]] = Registry("dataset", "triptych.multitask.datasets", Dataset)


def named_or_path(dataset: str, source: Any = None) -> tuple[str, Any]:
    """The name of a dataset, and its source: a path that is no name is a source of "images".

    Parameters:
        dataset: a name in `DATASETS`, or the path of the user's own pictures.
        source: where `dataset` is a name.

    Raises ConfigError for a path and a source beside it.
    """
    if dataset in DATASETS or not Path(dataset).expanduser().exists():
        return dataset, source
    if source is not None:
        raise ConfigError(f"Expected one place of pictures, got {dataset} and the source {source}.")
    return "images", str(Path(dataset).expanduser())


def open_dataset(
    name: str,
    source: str | Source | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
    progress: ProgressCallback = no_progress,
) -> Dataset:
    """A dataset by its name, with the files or the source it needs.

    Parameters:
        name: a name in `DATASETS`.
        source: NAME or NAME:ARGUMENT of a source, a folder of IDX files, or a source itself; by
            default the dataset's real source where it is available, else "drawn".
        options: the dataset's own settings by name.
        seed: of training and validation images.
        device: where batches are made.
        progress: told how far files are fetched.

    Raises UnknownNameError, ConfigError for a source that does not fit, AssetNotFoundError or
    DataError.
    """
    kind = DATASETS[name]
    if isinstance(source, Source):
        return _from_object(name, kind, source, options, seed, device)
    return kind.open(source, options, seed=seed, device=device, progress=progress)


def _from_object(
    name: str,
    kind: type[Dataset],
    source: Source,
    options: Mapping[str, Any] | None,
    seed: int,
    device: torch.device | str,
) -> Dataset:
    """A dataset made from a source that is an object."""
    if not issubclass(kind, SyntheticDataset):
        raise ConfigError(f"The dataset '{name}' takes no source object. Name its source.")
    if kind.subject not in source.subjects:
        raise ConfigError(
            f"The dataset '{name}' is made of {kind.subject}, which the source has not: it has "
            f"{', '.join(source.subjects)}."
        )
    return kind(source, options, seed=seed, device=device)
