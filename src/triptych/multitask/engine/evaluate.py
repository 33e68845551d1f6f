"""How good a model is on images it has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torchmetrics import Metric

from ...frame.errors import ConfigError, RunError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage import run_folder
from ...frame.training.devices import resolve_device
from ..data.dataset import Dataset, Part
from ..datasets._build import open_dataset
from ..model.multitask_model import Model
from .metric_suite import Scores

BATCH = 500  # images at a time: without gradients more fit


@dataclass(frozen=True)
class Evaluation:
    """Figures by name, what each means, and what they were measured on."""

    metrics: dict[str, float]
    definitions: dict[str, str]
    images: int
    dataset: str
    source: str
    split: str

    def json(self) -> dict[str, Any]:
        return dict(vars(self))


def evaluate(
    run: str | Path,
    *,
    split: Part = "test",
    source: str | None = None,
    metrics: Mapping[str, Metric] | None = None,
    device: str = "auto",
    watch: ProgressCallback = no_progress,
) -> Evaluation:
    """The figures of a run's model on a part of its dataset, or on the same dataset made from
    another `source`. `metrics` are your own, by names like "circle/radius_error".

    Raises RunError, ConfigError for a source whose images or classes the model does not know."""
    folder = Path(run)
    facts = run_folder.read_record(folder)
    model = Model.load(folder)
    try:
        plan, seed = facts["plan"], facts["settings"]["seed"]
        name, options, spec = plan["dataset"], plan["options"], source or plan["source"]
    except (KeyError, TypeError) as error:
        raise RunError(
            f"{folder / run_folder.RECORD} is damaged ({error}). Train again."
        ) from error
    place = resolve_device(device)
    dataset = open_dataset(name, spec, options, seed=seed, device=place, watch=watch)
    _same_kind(model, dataset, spec)
    return measured(model, dataset, split, spec, metrics=metrics, watch=watch)


def measured(
    model: Model,
    dataset: Dataset,
    part: Part,
    source: str,
    *,
    metrics: Mapping[str, Metric] | None = None,
    watch: ProgressCallback = no_progress,
) -> Evaluation:
    """The figures of a model on a part of a dataset, computed in float32 on its device."""
    scores = Scores(model, metrics)
    model = model.on(dataset.device).eval()
    count = dataset.size(part)
    with torch.no_grad():
        for number, batch in enumerate(dataset.batches(part, BATCH), 1):
            scores.update(model(batch.images), model.targets(batch))
            watch(ProgressEvent("evaluate", min(number * BATCH, count), count))
    return Evaluation(
        metrics=scores.compute(),
        definitions=scores.definitions(),
        images=count,
        dataset=dataset.card.dataset,
        source=source,
        split=part,
    )


def _same_kind(model: Model, dataset: Dataset, source: str) -> None:
    learnt, offered = model.card, dataset.card
    for what in ("channels", "height", "width", "classes"):
        if getattr(learnt, what) != getattr(offered, what):
            raise ConfigError(
                f"The model was trained on images with {what} {getattr(learnt, what)}, the source "
                f"'{source}' has {getattr(offered, what)}. Evaluate on a source of the same kind."
            )
