"""Measure a model on images it has not been trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ...frame.errors import ConfigError
from ...frame.progress import (
    ProgressCallback,
    ProgressEvent,
    ProgressLike,
    no_progress,
    showing,
)
from ..data.dataset import Dataset, Split
from ..data.source import Source
from ..metrics import MetricLike
from ..model.multitask_model import MultitaskModel
from ..structures.info import DatasetInfo
from .finished_run import open_run
from .metric_suite import MetricSuite

MOST_AT_ONCE = 500  # images: without gradients more fit than in training
PIXELS_AT_ONCE = 1 << 22


def images_at_once(info: DatasetInfo) -> int:
    """How many images are looked at together, where no gradients are kept.

    Parameters:
        info: of the images.
    """
    return info.images_within(PIXELS_AT_ONCE, MOST_AT_ONCE)


@dataclass(frozen=True)
class EvaluationResult:
    """The metrics of a model on a split of a dataset.

    Parameters:
        metrics: values by name.
        definitions: what each metric computes, in one line.
        images: how many were measured.
        dataset: the name of the dataset.
        source: what its images were made from.
        split: "train", "validation" or "test".
        flip_average: whether outputs were averaged over each image and its mirror.
    """

    metrics: dict[str, float]
    definitions: dict[str, str]
    images: int
    dataset: str
    source: str
    split: str
    flip_average: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON; `flip_average` where it is true."""
        fields = dict(vars(self))
        return fields if fields.pop("flip_average") is False else {**fields, "flip_average": True}


def evaluate(
    run: str | Path,
    *,
    split: Split = "test",
    source: str | Path | Source | None = None,
    dataset: Dataset | None = None,
    metrics: Mapping[str, MetricLike] | None = None,
    device: str = "auto",
    flip_average: bool = False,
    progress: ProgressLike = None,
) -> EvaluationResult:
    """Measure a run's model on a split of its dataset.

    Parameters:
        run: the folder of a finished run.
        split: the images it is measured on.
        source: another source to make the dataset from than the run's, or where that is now.
        dataset: the dataset itself, where the run was trained on an object.
        metrics: your own by HEAD/METRIC, such as "circle/radius_error".
        device: "auto", "cpu", "cuda" …
        flip_average: whether outputs are averaged over each image and its mirror; wrong for things
            that are others in a mirror, such as letters.
        progress: told how many images are done; by default a bar where stderr is a terminal, False
            for none.

    Raises RunError, and ConfigError for a source whose images or classes the model does not know.
    """
    with showing(progress) as listener:
        given = {"dataset": dataset, "source": source, "device": device}
        done = open_run(run, **given, progress=listener)
        _check_compatible(done.model, done.data, done.source)
        how = {"metrics": metrics, "flip_average": flip_average, "progress": listener}
        return evaluate_model(done.model, done.data, split, done.source, **how)


def evaluate_model(
    model: MultitaskModel,
    dataset: Dataset,
    split: Split,
    source: str,
    *,
    metrics: Mapping[str, MetricLike] | None = None,
    flip_average: bool = False,
    progress: ProgressCallback = no_progress,
) -> EvaluationResult:
    """Measure a model on a split of a dataset, in float32 on the dataset's device.

    Parameters:
        model: is moved to the device and set to evaluation mode.
        dataset: has a target for each of its heads.
        split: the images it is measured on.
        source: what the dataset is made from, for the result.
        metrics: your own by HEAD/METRIC.
        flip_average: whether outputs are averaged over each image and its mirror.
        progress: told how many images are done.
    """
    suite = MetricSuite(model, metrics, calibration=True).to(dataset.device)
    model = model.to_device(dataset.device).eval()
    count = dataset.size(split)
    forward = model.forward_flip_averaged if flip_average else model
    with torch.no_grad():
        at_once = images_at_once(dataset.info)
        for number, batch in enumerate(dataset.batches(split, at_once), 1):
            suite.update(forward(batch.images), model.targets(batch))
            progress(ProgressEvent("evaluate", min(number * at_once, count), count))
    return EvaluationResult(
        metrics=suite.compute(),
        definitions=suite.definitions(),
        images=count,
        dataset=dataset.info.dataset,
        source=source,
        split=split,
        flip_average=flip_average,
    )


def _check_compatible(model: MultitaskModel, dataset: Dataset, source: str) -> None:
    trained, offered = model.info, dataset.info
    for field in ("channels", "height", "width", "classes"):
        if getattr(trained, field) != getattr(offered, field):
            raise ConfigError(
                f"The model was trained on images with {field} {getattr(trained, field)}, the "
                f"source '{source}' has {getattr(offered, field)}. Evaluate on a source of the "
                "same kind."
            )
