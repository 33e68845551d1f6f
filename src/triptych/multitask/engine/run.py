"""One multitask training: build the model, fit it, measure it, write the run folder."""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback

from ...frame.config import TrainingConfig
from ...frame.drawing import training_plots
from ...frame.progress import ProgressCallback
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json, write_text
from ...frame.training.callbacks import read_history
from ...frame.training.checkpoints import has_checkpoint
from ...frame.training.distributed import device_of, is_rank_zero
from ...frame.training.loggers import close_loggers
from ...frame.training.trainer import build_trainer, fit
from ...frame.training.waiting import WAITING
from ..data.class_balance import class_weights, describe_balance
from ..data.datamodule import MultitaskDataModule
from ..data.dataset import Dataset
from ..data.source import DataNotice
from ..datasets import run_name
from ..datasets.images import paths_of
from ..heads import target_of
from ..heads._colors import head_colors
from ..metrics import MetricLike
from ..model.architecture_svg import render_architecture
from ..model.head_selection import resolve_loss_weights
from ..model.multitask_model import MultitaskModel
from ..model.network_cost import measure_cost
from .callbacks import PredictionSheets, ValidationMetrics
from .contact_sheets import prediction_sheet, searched_images, telling_batch
from .epoch_points import EpochPoints, curve_rows
from .evaluate import EvaluationResult, evaluate_model
from .fitting import fit_decisions, fit_novelty
from .gradient_points import GradientPoints
from .lightning_module import MultitaskModule
from .metric_suite import MetricSuite
from .task import TaskConfig, balanced_target, head_class_counts
from .tuning.patience import describe_stop

PICTURES = ("answers.png", "curves.png", "network.svg")
"""The pictures of a finished run; epochs/ has one an epoch beside them."""


@dataclass(frozen=True)
class TrainResult:
    """What a training ended with.

    Parameters:
        folder: of the run.
        model: of the best epoch, in evaluation mode.
        evaluation: its metrics on the test split.
        seconds: how long the training itself took; of this session, where it was resumed.
        dataset: what it was trained on.
        waiting: share of it in which the next batch was waited for, mean over epochs; None for
            datasets that read no files.
    """

    folder: Path
    model: MultitaskModel
    evaluation: EvaluationResult
    seconds: float
    dataset: Dataset
    waiting: float | None = None

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The pictures it wrote: answers on test images, the learning curves, the network."""
        return tuple(self.folder / name for name in PICTURES)


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A training, ready to begin or to go on; the model has random weights.

    Parameters:
        folder: of the run.
        task: what is trained on what.
        data: makes the batches.
        module: the model with its loss and optimizer.
        suite: the metrics of the model.
    """

    folder: Path
    task: TaskConfig
    data: Dataset
    module: MultitaskModule
    suite: MetricSuite

    @classmethod
    def build(
        cls,
        folder: Path,
        task: TaskConfig,
        config: TrainingConfig,
        data: Dataset,
        metrics: Mapping[str, MetricLike] | None,
    ) -> "TrainingRun":
        """The model and its metrics for a task; checks all names in the settings.

        Parameters:
            folder: of the run; nothing is written yet.
            task: what is trained on what.
            config: the training settings.
            data: makes the batches.
            metrics: the user's own by HEAD/METRIC.

        Raises UnknownNameError, ConfigError.
        """
        weights = resolve_loss_weights(data.info, task.heads, task.loss_weights)
        torch.manual_seed(config.seed)
        model = MultitaskModel(data.info, task.heads, task.backbone, task.backbone_options)
        if task.pretrained and not has_checkpoint(folder):  # a resumed run holds all weights
            model.backbone.load_pretrained_()
        suite = MetricSuite(model, metrics, shared=True)
        suite.check_monitor(config.monitor)
        weighted = head_class_counts(data, task.heads) if task.balance == "weights" else {}
        classes = {data.info.display_name(n): class_weights(c) for n, c in weighted.items()}
        module = MultitaskModule(model, config, weights, classes, task.head_balance)
        return cls(folder, task, data, module, suite)

    def run(self, callbacks: Iterable[Callback], progress: ProgressCallback) -> TrainResult:
        """Train and measure; write the network's picture first, the results and the model last.

        Parameters:
            callbacks: of Lightning.
            progress: told how far the training is.
        """
        config, folder, module = self.module.config, self.folder, self.module
        if is_rank_zero():
            write_text(folder / "network.svg", render_architecture(module.model))
            run_folder.update_record(folder, {"network": self._cost()})
            self._tell_balance()
        measured = ValidationMetrics(self.suite)
        points = MetricSuite(module.model)  # metrics of the user are asked once an epoch
        trainer = build_trainer(
            config,
            folder,
            progress=progress,
            monitor=config.monitor,
            mode=self.suite.direction(config.monitor),
            callbacks=[
                measured,
                PredictionSheets(self.data, folder, measured),
                EpochPoints(points, self.data, folder, config.epochs),
                GradientPoints(folder, [*module.model.heads]),
                *callbacks,
            ],
            waiting=self.data.reads_files,
            facts=asdict(self.task),
        )
        seconds = fit(trainer, module, self.batches(), folder)
        stop = self._tell_stop(trainer)
        model, extra = module.model.eval(), self.suite.extra
        fit_novelty(model, self.data)
        fit_decisions(model, self.data)
        evaluation = evaluate_model(
            model, self.data, "test", self.task.source, metrics=extra, progress=progress
        )
        close_loggers(trainer, {f"test/{n}": value for n, value in evaluation.metrics.items()})
        waiting = self._waiting()
        if is_rank_zero():
            facts = {"seconds": round(seconds, 1), "waiting": waiting, "stopped": stop or None}
            facts["head_weights"] = self._head_weights()
            self._write_results(model, evaluation, facts)
        return TrainResult(folder, model, evaluation, seconds, self.data, waiting)

    def batches(self) -> MultitaskDataModule:
        """Training and validation batches as the settings say."""
        config, task = self.module.config, self.task
        sampling = task.balance == "sampling"
        return MultitaskDataModule(
            self.data,
            config.batch,
            limit=task.limit,
            accumulate=config.accumulate,
            balance_by=balanced_target(self.data, task.heads) if sampling else "",
        )

    def _tell_stop(self, trainer: L.Trainer) -> str:
        """Say that and why the training stopped early; gives what was said, empty where it did
        not."""
        stopping = trainer.early_stopping_callback
        stop = describe_stop(stopping, self.module.config) if stopping else ""
        if stop and is_rank_zero():
            warnings.warn_explicit(stop, DataNotice, "triptych", 0)
        return stop

    def _cost(self) -> dict[str, Any]:
        model = self.module.model
        weights = model.backbone.pretrained_on if self.task.pretrained else ""
        return asdict(measure_cost(model, device_of(self.module.config), weights))

    def _tell_balance(self) -> None:
        """Say what is done about unequal classes, of the head where they differ most."""
        task = self.task
        if task.balance == "none":
            return
        counts = head_class_counts(self.data, task.heads)
        if task.balance == "sampling":
            target = balanced_target(self.data, task.heads)
            counts = {n: count for n, count in counts.items() if target_of(n) == target}
        most = max(counts.values(), key=lambda count: float(count.max() / count[count > 0].min()))
        warnings.warn_explicit(describe_balance(most, task.balance), DataNotice, "triptych", 0)

    def _head_weights(self) -> dict[str, float] | None:
        """The weights that were learned, as they are averaged in the epoch that is kept."""
        balance = self.module.head_balance
        if not balance.learns:
            return None
        return {name: float(f"{weight:.4g}") for name, weight in balance.weights().items()}

    def _waiting(self) -> float | None:
        shares = [row[WAITING] for row in read_history(self.folder) if WAITING in row]
        return round(mean(shares), 4) if self.data.reads_files and shares else None

    def _write_results(
        self,
        model: MultitaskModel,
        evaluation: EvaluationResult,
        facts: Mapping[str, Any],
    ) -> None:
        known = {name: fact for name, fact in facts.items() if fact is not None}
        run_folder.reopen(self.folder)
        write_json(self.folder / run_folder.RESULTS, {**evaluation.to_dict(), **known})
        colors = head_colors(dict(model.heads))
        learned = {f"weight/{name}" for name in model.heads}  # are in the report
        rows = [
            {name: value for name, value in row.items() if name not in learned}
            for row in curve_rows(self.folder)
        ]
        training_plots.plot_history(rows, self.folder / "curves.png", colors=colors)
        batch, wrong = telling_batch(model, self.data, "test")
        searched = searched_images(self.data, "test")
        about = self.task.dataset
        if about == "images":  # pictures of one's own are called by their folders
            about = run_name(paths_of(self.task.source))
        title = f"{about}: answers on test images, {wrong} of the first {searched:,} wrong"
        sheet = prediction_sheet(model, batch, title, metrics=evaluation.metrics)
        images.save(self.folder / "answers.png", sheet)
        model.save(self.folder)
