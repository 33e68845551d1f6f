"""One pass over the images of a split: what a run's model says of each, and all figures."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray

from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..annotated.annotated_set import AnnotatedSet
from ..data.dataset import Dataset, Split
from ..datasets import run_name
from ..datasets.images import Images, paths_of
from ..engine.evaluate import EvaluationResult, images_at_once
from ..engine.finished_run import FinishedRun, open_run
from ..engine.metric_suite import CONDITIONAL, MetricSuite
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Batch
from .estimation.bootstrap import Estimate, Resampling
from .estimation.statistics import MeanStatistic, Statistic
from .object_observation import observe_heads
from .observation import ClassObservation, Observation

TIMED = 64  # images that are timed one by one, at most
PATIENCE = 2.0  # seconds, after which no more are
WARM = 3  # images before the first that is timed


@dataclass(frozen=True, eq=False)
class Measurement:
    """All that a run's model said about the images of a split.

    Parameters:
        folder: of the run.
        record: what run.json says.
        model: in evaluation mode.
        dataset: of the images.
        split: the images.
        evaluation: the metrics, as `evaluate` gives them.
        observations: what each head said, by its name.
        scores: of each image by head, 1 where all is right; NaN without its target.
        novelty: how unlike the images learned each is; above 1 for one of a hundred.
        groups: the number of each image's group, from 0; each its own where there are none.
        files: of the images, where they are files; else empty.
        seconds: what an answer about one image alone takes, of the first ones.
    """

    folder: Path
    record: dict[str, Any]
    model: MultitaskModel
    dataset: Dataset
    split: Split
    evaluation: EvaluationResult
    observations: dict[str, Observation]
    scores: dict[str, Float[ndarray, " images"]]
    novelty: Float[ndarray, " images"]
    groups: Int[ndarray, " images"]
    files: Sequence[str]
    seconds: Float[ndarray, " timed"]

    @property
    def count(self) -> int:
        """How many images were measured."""
        return self.evaluation.images

    @property
    def called(self) -> str:
        """What the dataset is called: of pictures of one's own, their folders."""
        if self.record["plan"]["dataset"] != "images":
            return self.evaluation.dataset
        return run_name(paths_of(self.evaluation.source))

    @property
    def mean_scores(self) -> Float[ndarray, " images"]:
        """The mean over heads of each image; NaN of images without any target."""
        table = np.stack([*self.scores.values()])
        known = np.isfinite(table).sum(0)
        total = np.nansum(table, 0)
        return np.divide(total, known, where=known > 0, out=np.full(self.count, np.nan))

    def name(self, row: int) -> str:
        """The file of an image, or its number.

        Parameters:
            row: the number of the image.
        """
        return self.files[row] if len(self.files) else f"image\xa0{row:,}"

    @property
    def grouped(self) -> bool:
        """Whether images come in groups that were kept together."""
        return len(np.unique(self.groups)) < self.count

    def statistics(self) -> dict[str, Statistic]:
        """All figures that can be computed of images drawn anew, by HEAD/METRIC."""
        told = {
            f"{head}/{name}": statistic
            for head, observation in self.observations.items()
            for name, statistic in observation.statistics().items()
        }
        label = self.observations.get(self.model.info.display_name("label"))
        if isinstance(label, ClassObservation):
            right = np.where(label.present, label.answers == label.truth, np.nan)
            for name in [*told]:
                statistic = told[name]
                if name.endswith("/iou") and isinstance(statistic, MeanStatistic):
                    told[f"{name}{CONDITIONAL}"] = MeanStatistic(statistic.per_image * right)
        return {name: told[name] for name in self.evaluation.metrics if name in told}

    def estimates(self, resampling: Resampling) -> dict[str, Estimate]:
        """Every metric with its interval; without one where it cannot be computed anew.

        Parameters:
            resampling: of the images.
        """
        known, nan = resampling.estimates(self.statistics()), float("nan")
        metrics = self.evaluation.metrics
        return {name: known.get(name, Estimate(metrics[name], nan, nan)) for name in metrics}


def measure_run(
    run: str | Path,
    *,
    split: Split = "test",
    source: str | Path | None = None,
    device: str = "auto",
    dataset: Dataset | None = None,
    progress: ProgressCallback = no_progress,
    on_batch: Callable[[Batch], object] = lambda batch: None,
) -> Measurement:
    """Measure a finished run on a split of its dataset, image by image.

    Parameters:
        run: its folder.
        split: the images it is measured on.
        source: where the images are now, if they have moved.
        device: "auto", "cpu", "cuda" …
        dataset: the dataset itself, where it is open or the run was trained on an object.
        progress: told how many images are done.
        on_batch: given each batch of the split, in order.

    Raises RunError for no finished run, or images that are no longer those it was trained on.
    """
    given = {"dataset": dataset, "source": source, "device": device}
    done = open_run(run, **given, unchanged=True, progress=progress)
    done.model.to_device(done.data.device).eval()
    if dataset:  # the record says what it is made from
        done = replace(done, source=done.task.source)
    return _measure(done, split, progress, on_batch)


def _measure(
    run: FinishedRun,
    split: Split,
    progress: ProgressCallback,
    on_batch: Callable[[Batch], object],
) -> Measurement:
    model, data = run.model, run.data
    count, at_once = data.size(split), images_at_once(data.info)
    suite = MetricSuite(model).to(data.device)
    observations = observe_heads(dict(model.heads), count)
    novelty = np.zeros(count)
    with torch.no_grad():
        for number, batch in enumerate(data.batches(split, at_once)):
            on_batch(batch)
            rows = slice(number * at_once, number * at_once + len(batch))
            outputs, unlike = model.forward_with_novelty(batch.images)
            outputs = {name: output.float() for name, output in outputs.items()}
            targets = model.targets(batch)
            suite.update(outputs, targets)
            novelty[rows] = unlike.cpu().numpy()
            for name, observation in observations.items():
                observation.add(rows, outputs[name], targets[name])
            progress(ProgressEvent("evaluate", rows.stop, count))
    for name, one in observations.items():
        own = dict.fromkeys(model.heads[name].metrics())
        one.add_metrics({metric: suite.metrics[f"{name}/{metric}"] for metric in own})
    scores = {name: one.score for name, one in observations.items()}
    facts = (suite.compute(), suite.definitions(), count, data.info.dataset, run.source, split)
    files, groups = _files_and_groups(data, split)
    evaluation, timed = EvaluationResult(*facts), _time_images(model, data, split)
    observed = (observations, scores, novelty, groups, files, timed)
    return Measurement(run.folder, run.record, model, data, split, evaluation, *observed)


def _time_images(model: MultitaskModel, data: Dataset, split: Split) -> Float[ndarray, " timed"]:
    """Seconds of the answer to each of the first images alone: network and decoding."""
    batch = data.batch(split, torch.arange(min(TIMED, data.size(split))))
    seconds: list[float] = []
    with torch.no_grad():
        for image in [*batch.images[:WARM], *batch.images]:
            start = time.perf_counter()
            outputs = model(image[None])
            for name, head in model.heads.items():
                head.decode(outputs[name])
            seconds.append(time.perf_counter() - start)
            if sum(seconds) > PATIENCE and len(seconds) > WARM:
                break
    return np.array(seconds[min(WARM, len(batch)) :])


def _files_and_groups(data: Dataset, split: Split) -> tuple[Sequence[str], Int[ndarray, " images"]]:
    """The file of each image, where images are files, and the number of its group."""
    count = data.size(split)
    if not isinstance(data, Images):
        return (), np.arange(count)
    rows, annotated = data.rows[split].tolist(), data.annotated
    names, groups = (annotated.strings(column) for column in ("file", "group"))
    files = [str(names[row] or "") for row in rows]
    if not isinstance(annotated, AnnotatedSet):  # files of several folders may be called alike
        files = [str(annotated.image(row, objects=False).file) for row in rows]
    keys = [
        (number, "") if groups[row] is None else (-1, groups[row])
        for number, row in enumerate(rows)
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return files, np.array([numbers[key] for key in keys])
