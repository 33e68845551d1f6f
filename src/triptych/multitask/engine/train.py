"""Train one network with several heads, into a run folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback
from torchmetrics import Metric

from ...backbones._build import rename_former_options
from ...frame.config import TrainingConfig
from ...frame.drawing import training_plots
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json, write_text
from ...frame.training.callbacks import read_history
from ...frame.training.distributed import device_of, is_rank_zero
from ...frame.training.trainer import build_trainer, fit
from ..data.datamodule import MultitaskDataModule
from ..data.dataset import Dataset
from ..datasets import DATASETS, open_dataset
from ..model.architecture_svg import render_architecture
from ..model.head_selection import resolve_heads, resolve_loss_weights
from ..model.multitask_model import MultitaskModel, supported_options
from .callbacks import PredictionSheets, ValidationMetrics
from .contact_sheets import first_batch, prediction_sheet
from .evaluate import EvaluationResult, evaluate_model
from .lightning_module import MultitaskModule
from .metric_suite import MetricSuite
from .novelty import fit_novelty


@dataclass(frozen=True)
class TaskConfig:
    """What is trained on what, beside the training settings: the "plan" of run.json.

    Parameters:
        dataset: a name in `DATASETS`.
        source: what its images are made from.
        options: all settings of the dataset.
        heads: names in `HEADS`.
        loss_weights: of heads that have another than their own, by either name of a head.
        backbone: a name in `BACKBONES`, or "auto".
        backbone_options: by name.
    """

    dataset: str
    source: str
    options: dict[str, Any]
    heads: list[str]
    loss_weights: dict[str, float]
    backbone: str
    backbone_options: dict[str, Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TaskConfig":
        """The task that run.json describes, of version 0.1.0 too.

        Raises KeyError or TypeError for anything else.
        """
        values = {"loss_weights" if key == "weights" else key: data[key] for key in data}
        backbone_options = rename_former_options(values["backbone_options"])
        options = {**DATASETS[values["dataset"]].former_options, **values["options"]}
        return cls(**{**values, "options": options, "backbone_options": backbone_options})


@dataclass(frozen=True)
class TrainResult:
    """What a training ended with.

    Parameters:
        folder: of the run.
        model: of the best epoch, in evaluation mode.
        evaluation: its metrics on the test split.
        seconds: how long the training itself took; of this session, where it was resumed.
    """

    folder: Path
    model: MultitaskModel
    evaluation: EvaluationResult
    seconds: float


def train(
    dataset: str,
    *,
    out: str | Path | None = None,
    heads: Sequence[str] | None = None,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
    loss_weights: Mapping[str, float] | None = None,
    backbone: str = "auto",
    backbone_options: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressCallback = no_progress,
    **settings: Any,
) -> TrainResult:
    """Train heads on a dataset, keep the epoch that is best on the validation split, and measure
    it on the test split.

    Parameters:
        dataset: a name in `DATASETS`.
        out: the run folder, which must be new or empty; by default runs/DATASET.
        heads: names in `HEADS` or the dataset's own ("digit"); by default those the dataset names.
        source: NAME or NAME:ARGUMENT of a source, or a folder of IDX files; by default real data
            where they are available.
        options: the dataset's own settings, by name.
        loss_weights: of heads in the total loss, where another than their own is wanted.
        backbone: a name in `BACKBONES`; "auto" is a U-Net where a head needs a decoder.
        backbone_options: by name.
        metrics: your own by HEAD/METRIC, such as "circle/radius_error".
        callbacks: of Lightning.
        progress: told how far the training is.
        settings: of `TrainingConfig`, such as `epochs` and `lr`.

    Raises UnknownNameError, ConfigError, DataError, AssetNotFoundError or WriteError.
    """
    dataset_class = DATASETS[dataset]
    config = TrainingConfig.merge(dataset_class.default_settings, settings, others=KEYWORDS)
    spec = source or dataset_class.default_source()
    place = device_of(config)
    data = open_dataset(dataset, spec, options, seed=config.seed, device=place, progress=progress)
    names = resolve_heads(data.info, heads or dataset_class.heads)
    supported = supported_options(dataset_class.backbone_options, backbone, names)
    usual = {head: w for head, w in dataset_class.loss_weights.items() if head in names}
    task = TaskConfig(
        dataset=dataset,
        source=spec,
        options=data.config.model_dump(),
        heads=names,
        loss_weights={**usual, **(loss_weights or {})},
        backbone=backbone,
        backbone_options={**supported, **(backbone_options or {})},
    )
    module, suite = _build(task, config, data, metrics)
    folder = Path(out or Path("runs") / dataset)
    if is_rank_zero():
        record = {"plan": asdict(task), "settings": asdict(config), "data": data.fingerprint()}
        run_folder.write_record(run_folder.create(folder), record)
    return _fit_and_report(folder, task, data, module, suite, callbacks, progress)


KEYWORDS = frozenset(signature(train).parameters) - {"settings"}
"""What `train` takes beside the settings."""


def resume(
    run: str | Path,
    *,
    metrics: Mapping[str, Metric] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressCallback = no_progress,
) -> TrainResult:
    """Go on with a run that was stopped, from its last complete epoch, as it was begun.

    On a CPU it ends with the same weights, bit for bit, as if it had never been stopped.

    Parameters:
        run: its folder.
        metrics: your own, those the run was begun with.
        callbacks: of Lightning, those the run was begun with.
        progress: told how far the training is.

    Raises RunError for no run, a damaged one, or one whose data are no longer the same.
    """
    folder = Path(run)
    with run_folder.reading_record(folder) as record:
        task = TaskConfig.from_dict(record["plan"])
        config = TrainingConfig.merge(record["settings"])
        fingerprint = record["data"]
    data = open_dataset(
        task.dataset,
        task.source,
        task.options,
        seed=config.seed,
        device=device_of(config),
        progress=progress,
    )
    run_folder.check_same_data(folder, "data", fingerprint, data.fingerprint())
    module, suite = _build(task, config, data, metrics)
    return _fit_and_report(folder, task, data, module, suite, callbacks, progress)


def _build(
    task: TaskConfig, config: TrainingConfig, data: Dataset, metrics: Mapping[str, Metric] | None
) -> tuple[MultitaskModule, MetricSuite]:
    """The model with random weights, and its metrics; checks all names in the settings."""
    weights = resolve_loss_weights(data.info, task.heads, task.loss_weights)
    torch.manual_seed(config.seed)
    model = MultitaskModel(data.info, task.heads, task.backbone, task.backbone_options)
    suite = MetricSuite(model, metrics)
    suite.check_monitor(config.monitor)
    return MultitaskModule(model, config, weights), suite


def _fit_and_report(
    folder: Path,
    task: TaskConfig,
    data: Dataset,
    module: MultitaskModule,
    suite: MetricSuite,
    callbacks: Iterable[Callback],
    progress: ProgressCallback,
) -> TrainResult:
    """Train and measure; write the network's picture first, the results and the model last."""
    config = module.config
    if is_rank_zero():
        write_text(folder / "network.svg", render_architecture(module.model))
    trainer = build_trainer(
        config,
        folder,
        progress=progress,
        monitor=config.monitor,
        callbacks=[ValidationMetrics(suite), PredictionSheets(data, folder), *callbacks],
    )
    seconds = fit(trainer, module, MultitaskDataModule(data, config.batch), folder)
    model = module.model.eval()
    fit_novelty(model, data)
    extra = suite.extra
    evaluation = evaluate_model(model, data, "test", task.source, metrics=extra, progress=progress)
    if is_rank_zero():
        results = {**evaluation.to_dict(), "seconds": round(seconds, 1)}
        write_json(folder / run_folder.RESULTS, results)
        training_plots.plot_history(read_history(folder), folder / "curves.png")
        title = f"{task.dataset}: answers on test images"
        sheet = prediction_sheet(model, first_batch(data, "test"), title)
        images.save(folder / "answers.png", sheet)
        model.save(folder)
    return TrainResult(folder, model, evaluation, seconds)
