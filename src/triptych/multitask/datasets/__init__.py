"""Datasets, one a file: the name of a dataset and a source come in, a `Dataset` goes out.

A module without a leading underscore is a dataset.
"""

import shlex
from collections.abc import Mapping, Sequence
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


def named_or_path(
    dataset: str | Path | Sequence[str | Path], source: Any = None
) -> tuple[str, Any]:
    """The name of a dataset, and its source: a path that is no name is a source of "images".

    Parameters:
        dataset: a name in `DATASETS`, or the path of the user's own pictures, or several paths.
        source: where `dataset` is a name.

    Raises ConfigError for a path and a source beside it, and for several of which one is no path.
    """
    if not isinstance(dataset, (str, Path)):
        if len(dataset) != 1:
            return "images", _several(dataset, source)
        dataset = dataset[0]
    dataset = str(dataset)
    if dataset in DATASETS or not Path(dataset).expanduser().exists():
        return dataset, source
    if source is not None:
        raise ConfigError(f"Expected one place of pictures, got {dataset} and the source {source}.")
    return "images", str(Path(dataset).expanduser())


def run_name(dataset: str | Path | Sequence[str | Path]) -> str:
    """What the run folder of a dataset is called by default.

    Parameters:
        dataset: as `named_or_path` takes it.
    """
    several = [dataset] if isinstance(dataset, (str, Path)) else dataset
    return "+".join(Path(path).expanduser().absolute().name for path in several) or "images"


def _several(paths: Sequence[str | Path], source: Any) -> str:
    """Several paths of pictures as one source."""
    places = [Path(path).expanduser() for path in paths]
    for path, place in zip(paths, places):
        if not place.exists():
            raise ConfigError(f"Expected paths of pictures, got {path}, which is not there.")
    if not places or len({place.resolve() for place in places}) < len(places):
        raise ConfigError("Expected different paths of pictures. Name each once.")
    if source is not None:
        raise ConfigError(f"Expected paths of pictures alone, got the source {source} beside them.")
    return shlex.join(str(place.absolute()) for place in places)


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
