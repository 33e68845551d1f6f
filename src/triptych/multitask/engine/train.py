"""Train one network with the heads asked for, into a run folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback
from torchmetrics import Metric

from ...frame.config import TrainingConfig
from ...frame.drawing import training_plots
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json, write_text
from ...frame.training.callbacks import read_history
from ...frame.training.distributed import device_of, is_rank_zero
from ...frame.training.trainer import build_trainer, fit
from ..data.dataset import Dataset
from ..datasets import DATASETS
from ..datasets._build import chosen_source, open_dataset
from ..model.architecture_svg import diagram
from ..model.head_selection import chosen_heads, loss_weights
from ..model.multitask_model import Model, suited
from .contact_sheets import Drawing, answered, first
from .evaluate import Evaluation, measured
from .lightning_module import Lectures, Lesson, Scoring
from .metric_suite import Scores


@dataclass(frozen=True)
class Plan:
    """What to train: all that it takes to do it again, as run.json keeps it."""

    dataset: str
    source: str
    options: dict[str, Any]
    heads: list[str]
    weights: dict[str, float]
    backbone: str
    backbone_options: dict[str, Any]


@dataclass(frozen=True)
class Trained:
    """What came of a training: the run folder, the best epoch's model, its test figures, and how
    long the training itself took (of this session, where it was resumed)."""

    folder: Path
    model: Model
    evaluation: Evaluation
    seconds: float


def train(
    dataset: str,
    *,
    out: str | Path | None = None,
    heads: Sequence[str] | None = None,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
    weights: Mapping[str, float] | None = None,
    backbone: str = "auto",
    backbone_options: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    callbacks: Iterable[Callback] = (),
    watch: ProgressCallback = no_progress,
    **settings: Any,
) -> Trained:
    """Train `heads` (default: what the dataset is for), keep the epoch that is best on the
    validation part and measure it on the test part.

    `options` are the dataset's settings, `settings` those of `TrainingSettings`, `weights` the
    heads' shares in the loss. `metrics` are your own, by names like "circle/radius_error",
    `callbacks` Lightning's. The run folder is `out`, by default runs/DATASET.

    Raises UnknownNameError, ConfigError, DataError, AssetNotFoundError or WriteError.
    """
    kind = DATASETS[dataset]
    chosen = TrainingConfig.merge(kind.recommended, settings)
    spec = source or chosen_source(dataset)
    data = open_dataset(
        dataset, spec, options, seed=chosen.seed, device=device_of(chosen), watch=watch
    )
    asked = chosen_heads(data.card, heads or kind.heads)
    suiting = suited(kind.backbone_options, backbone, asked)
    plan = Plan(
        dataset=dataset,
        source=spec,
        options=data.options.model_dump(),
        heads=asked,
        weights={**{h: w for h, w in kind.weights.items() if h in asked}, **(weights or {})},
        backbone=backbone,
        backbone_options={**suiting, **(backbone_options or {})},
    )
    lesson, scores = _prepared(plan, chosen, data, metrics)
    folder = Path(out or Path("runs") / dataset)
    facts = {"plan": asdict(plan), "settings": asdict(chosen)}
    if is_rank_zero():
        run_folder.write_record(run_folder.create(folder), {**facts, "data": data.fingerprint()})
    return _fitted(folder, plan, data, lesson, scores, callbacks, watch)


def resume(
    run: str | Path,
    *,
    metrics: Mapping[str, Metric] | None = None,
    callbacks: Iterable[Callback] = (),
    watch: ProgressCallback = no_progress,
) -> Trained:
    """Go on with a run that was stopped, from its last complete epoch, as it was begun. On a CPU
    it ends with the same weights, bit for bit, as if it had never been stopped.

    Raises RunError for no run, a damaged one, or one whose data are no longer the same."""
    folder = Path(run)
    with run_folder.reading_record(folder) as facts:
        plan = Plan(**facts["plan"])
        chosen = TrainingConfig.merge(facts["settings"])
        fingerprint = facts["data"]
    data = open_dataset(
        plan.dataset,
        plan.source,
        plan.options,
        seed=chosen.seed,
        device=device_of(chosen),
        watch=watch,
    )
    run_folder.check_same_data(folder, "data", fingerprint, data.fingerprint())
    lesson, scores = _prepared(plan, chosen, data, metrics)
    return _fitted(folder, plan, data, lesson, scores, callbacks, watch)


def _prepared(
    plan: Plan, settings: TrainingConfig, data: Dataset, metrics: Mapping[str, Metric] | None
) -> tuple[Lesson, Scores]:
    """The model as chance first makes it, and its metrics; all names in the settings checked."""
    shares = loss_weights(data.card, plan.heads, plan.weights)
    torch.manual_seed(settings.seed)
    model = Model(data.card, plan.heads, plan.backbone, plan.backbone_options)
    scores = Scores(model, metrics)
    scores.known(settings.monitor)
    return Lesson(model, settings, shares), scores


def _fitted(
    folder: Path,
    plan: Plan,
    data: Dataset,
    lesson: Lesson,
    scores: Scores,
    callbacks: Iterable[Callback],
    watch: ProgressCallback,
) -> Trained:
    settings = lesson.settings
    if is_rank_zero():
        write_text(folder / "network.svg", diagram(lesson.model))
    trainer = build_trainer(
        settings,
        folder,
        watch=watch,
        monitor=settings.monitor,
        callbacks=[Scoring(scores), Drawing(data, folder), *callbacks],
    )
    seconds = fit(trainer, lesson, Lectures(data, settings.batch), folder)
    model = lesson.model.eval()
    evaluation = measured(model, data, "test", plan.source, metrics=scores.extra, watch=watch)
    if is_rank_zero():
        write_json(folder / run_folder.RESULTS, {**evaluation.json(), "seconds": round(seconds, 1)})
        training_plots.plot_history(read_history(folder), folder / "curves.png")
        sheet = answered(model, first(data, "test"), f"{plan.dataset}: answers on test images")
        images.save(folder / "answers.png", sheet)
        model.save(folder)
    return Trained(folder, model, evaluation, seconds)
