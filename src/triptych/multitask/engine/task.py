"""What a run is trained on: recorded such that it is found again from any folder."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from ...backbones._build import rename_former_options
from ...frame.errors import ConfigError, RunError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ...frame.storage import run_folder
from ...frame.training.resume import check_unchanged
from ..data.class_balance import BALANCES, very_unequal
from ..data.dataset import Dataset
from ..data.source import Source
from ..datasets import DATASETS, open_dataset
from ..heads import head_class, target_of
from ..heads._classification import ClassificationHead
from ..model.head_selection import resolve_heads, resolve_loss_weights


@dataclass(frozen=True)
class TaskConfig:
    """What is trained on what, beside the training settings: the "plan" of run.json.

    Parameters:
        dataset: a name in `DATASETS`.
        source: what its images are made from; paths are absolute.
        options: all settings of the dataset.
        heads: names in `HEADS`.
        loss_weights: of heads that have another than their own, by either name of a head.
        backbone: a name in `BACKBONES`, or "auto".
        backbone_options: by name.
        limit: training images that are used; None for all.
        in_memory: "dataset" or "source" where that was an object, which no name opens again; else
            empty.
        balance: "weights" or "sampling" where something is done about unequal classes.
        pretrained: whether the backbone begins with published weights.
        head_balance: in `HEAD_BALANCES`: how the heads' losses are weighed against each other.
    """

    dataset: str
    source: str
    options: dict[str, Any]
    heads: list[str]
    loss_weights: dict[str, float]
    backbone: str
    backbone_options: dict[str, Any]
    limit: int | None = None
    in_memory: str = ""
    balance: str = "none"
    pretrained: bool = False
    head_balance: str = "fixed"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TaskConfig":
        """The task that run.json describes, of version 0.1.0 too.

        Raises UnknownNameError for a dataset that is not known, KeyError or TypeError for anything
        else.
        """
        values = {"loss_weights" if key == "weights" else key: data[key] for key in data}
        backbone_options = rename_former_options(values["backbone_options"])
        known = values.get("in_memory") != "dataset"
        former = DATASETS[values["dataset"]].former_options if known else {}
        options = {**former, **values["options"]}
        return cls(**{**values, "options": options, "backbone_options": backbone_options})


def head_class_counts(data: Dataset, heads: Sequence[str]) -> dict[str, Int[Tensor, " classes"]]:
    """How many training images each class has, by head; heads that choose none, or of which that is
    not known, are left out.

    Parameters:
        data: what is trained on.
        heads: names in `HEADS`.
    """
    choosing = [name for name in heads if issubclass(head_class(name), ClassificationHead)]
    counts = {name: data.class_counts(target_of(name)) for name in choosing}
    return {name: count for name, count in counts.items() if count is not None and count.any()}


def balanced_target(data: Dataset, heads: Sequence[str]) -> str:
    """The target whose classes are drawn equally often: the label, else the first attribute; empty
    where none is known.

    Parameters:
        data: what is trained on.
        heads: names in `HEADS`.
    """
    names = sorted(head_class_counts(data, heads), key=lambda name: name != "label")
    known = [name for name in names if data.class_numbers(target_of(name)) is not None]
    return target_of(known[0]) if known else ""


def resolve_balance(balance: str, data: Dataset, heads: Sequence[str]) -> str:
    """What is done about unequal classes: "none", "weights" or "sampling".

    Parameters:
        balance: in `BALANCES`.
        data: what is trained on.
        heads: names in `HEADS`.

    Raises UnknownNameError, and ConfigError where the classes of the images are not known.
    """
    if balance not in BALANCES:
        raise unknown_name_error(balance, BALANCES, "balance")
    counts = head_class_counts(data, heads)
    if balance == "auto":
        return "weights" if any(map(very_unequal, counts.values())) else "none"
    known = {"none": True, "weights": counts, "sampling": balanced_target(data, heads)}
    if not known[balance]:
        raise ConfigError(
            f"The classes of {data.info.dataset} cannot be balanced by {balance}: no head "
            "chooses a class of which the training images are counted. Leave --balance out."
        )
    return balance


def describe_source(source: object) -> str:
    """What results say where a source, or a dataset without one, is an object: its class."""
    return type(source).__name__


def open_task(
    folder: Path,
    task: TaskConfig,
    *,
    dataset: str | Dataset | None = None,
    source: str | Path | Source | None = None,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
    progress: ProgressCallback = no_progress,
) -> tuple[Dataset, str]:
    """The dataset of a run, and what its source is called.

    Parameters:
        folder: of the run, for errors.
        task: as the run records it.
        dataset: the dataset itself, where the run was trained on an object; a name must be the
            run's.
        source: where the source is now, or another one.
        options: changes to the dataset's settings.
        seed: of training and validation images.
        device: where batches are made.
        progress: told how far files are fetched.

    Raises ConfigError for another dataset, RunError for a source that is no longer there.
    """
    if isinstance(dataset, Dataset):
        return dataset, describe_source(getattr(dataset, "source", dataset))
    if dataset is not None and dataset != task.dataset:
        DATASETS[dataset]  # a typo is told with the nearest name
        raise ConfigError(
            f"{folder} is a run of {task.dataset}, got {dataset}. Name {task.dataset}, or another "
            "--out."
        )
    if source is None and task.in_memory:
        raise RunError(
            f"{folder} was trained on a {task.in_memory} that is an object of Python's, not a "
            f"name. Hand it in again: {task.in_memory}=…"
        )
    if task.in_memory == "dataset":
        raise RunError(f"{folder} was trained on a dataset object. Hand it in again: dataset=…")
    kind = DATASETS[task.dataset]
    named = str(source or task.source)
    spec = source if isinstance(source, Source) else kind.absolute_source(named)
    if source is None and (missing := kind.missing_path(task.source)):
        where = "it is now: --source FOLDER"
        if missing != task.source and task.dataset == "images":  # some of several paths
            where = 'all are now: --source "FOLDER FOLDER"'
        raise RunError(f"{folder} was trained on {missing}, which is not there. Say where {where}.")
    data = open_dataset(
        task.dataset,
        spec,
        {**task.options, **(options or {})},
        seed=seed,
        device=device,
        progress=progress,
    )
    return data, spec if isinstance(spec, str) else describe_source(spec)


def check_task(folder: Path, task: TaskConfig, data: Dataset, choice: Mapping[str, Any]) -> None:
    """Raise ConfigError where heads, weights and so on are not those of a run.

    Parameters:
        folder: of the run.
        task: as the run records it.
        data: what it is trained on.
        choice: what is said now, by keyword of `train`; None says nothing.
    """
    before, now = asdict(task), dict(choice)
    if now["heads"]:
        now["heads"] = resolve_heads(data.info, now["heads"])
    if now["balance"]:
        now["balance"] = resolve_balance(now["balance"], data, task.heads)
    if now["loss_weights"]:
        before["loss_weights"] = resolve_loss_weights(data.info, task.heads, task.loss_weights)
        own = resolve_loss_weights(data.info, task.heads, now["loss_weights"])
        named = {data.info.display_name(data.info.head_for(name)) for name in now["loss_weights"]}
        now["loss_weights"] = {**before["loss_weights"], **{name: own[name] for name in named}}
    now["backbone"] = None if now["backbone"] == "auto" else now["backbone"]  # the run has which
    given = {n: value for n, value in now.items() if value or n in ("limit", "pretrained")}
    check_unchanged(folder, before, given)


def check_data(folder: Path, fingerprint: str, data: Dataset, source: str) -> None:
    """Raise RunError where the images are not those that a run was begun with.

    Parameters:
        folder: of the run.
        fingerprint: of the images it was begun with.
        data: the images now.
        source: where they are now, if that was said; else empty.
    """
    now = data.fingerprint()
    if source and now != fingerprint:
        raise RunError(
            f"{folder} was trained on other images than those of {source}. Name the source it was "
            "begun with, or train anew into another --out."
        )
    run_folder.check_same_data(folder, "data", fingerprint, now)
