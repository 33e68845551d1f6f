"""A training as triptych runs it, for some steps, with a watch on its parts."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from torch import Tensor

from triptych.frame.config import TrainingConfig
from triptych.frame.progress import no_progress
from triptych.frame.training.trainer import build_trainer
from triptych.multitask import DATASETS, Dataset, MultitaskModel, open_dataset
from triptych.multitask.data.datamodule import MultitaskDataModule
from triptych.multitask.engine.lightning_module import MultitaskModule
from triptych.multitask.model.head_selection import resolve_heads, resolve_loss_weights

WARM_UP_STEPS = 5  # steps that are not counted: memory is laid out, kernels are chosen


@dataclass(frozen=True)
class Subject:
    """A dataset with its settings, and fresh networks for it. All on the CPU."""

    name: str
    dataset: Dataset
    settings: TrainingConfig

    @classmethod
    def named(cls, name: str, source: str | None, steps: int) -> "Subject":
        """The dataset as `triptych train` opens it, with epochs enough for `steps`."""
        dataset = open_dataset(name, source)
        recommended = {**DATASETS[name].default_settings, "device": "cpu"}
        batch = TrainingConfig.merge(recommended).batch
        a_pass = max(1, dataset.size("train") // batch)
        epochs = -(-(steps + WARM_UP_STEPS) // a_pass)
        return cls(name, dataset, TrainingConfig.merge(recommended, {"epochs": epochs}))

    def lightning_module(self) -> MultitaskModule:
        """A new network and how it learns, the same each time."""
        torch.manual_seed(0)
        card = self.dataset.info
        heads = resolve_heads(card, None)
        options = dict(DATASETS[self.name].backbone_options)
        model = MultitaskModel(card, heads, options=options)
        return MultitaskModule(model, self.settings, resolve_loss_weights(card, heads, {}))


@dataclass
class Stopwatch(Callback):
    """Seconds of each step, and of its forward pass and losses, backward pass and optimizer."""

    steps: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return id(self)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        model = pl_module.model
        model.forward = self.timed("forward", model.forward)
        for head in model.heads.values():
            head.loss = self.timed("loss", head.loss)
        trainer.optimizers[0].register_step_post_hook(lambda *_: self.end("optimizer"))
        self.begun = perf_counter()

    def on_train_batch_start(
        self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int
    ) -> None:
        for seconds in self.parts.values():
            seconds.append(0.0)

    def on_before_backward(self, trainer: Any, pl_module: Any, loss: Tensor) -> None:
        self.since = perf_counter()

    def on_after_backward(self, trainer: Any, pl_module: Any) -> None:
        self.end("backward")

    def on_before_optimizer_step(self, trainer: Any, pl_module: Any, optimizer: Any) -> None:
        self.since = perf_counter()

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        now = perf_counter()
        self.steps.append(now - self.begun)
        self.begun = now

    def timed(self, name: str, call: Callable[..., Tensor]) -> Callable[..., Tensor]:
        """The same call, its time added to a part."""

        def measured(*args: Any, **options: Any) -> Tensor:
            self.since = perf_counter()
            result = call(*args, **options)
            self.end(name)
            return result

        return measured

    def end(self, name: str) -> None:
        """Add the time since `since` to a part of the step that is going on."""
        seconds = self.parts.setdefault(name, [0.0] * (len(self.steps) + 1))
        seconds[-1] += perf_counter() - self.since


def run_training(subject: Subject, steps: int) -> Stopwatch:
    """Train a new network for so many steps, all of triptych's callbacks at work, and tell how
    long each took. Validation and checkpoints, which come once an epoch, are left out."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(
            subject.settings, Path(folder), progress=no_progress, monitor="score", callbacks=[watch]
        )
        callbacks: list[Any] = trainer.callbacks  # type: ignore[attr-defined]
        callbacks[:] = [part for part in callbacks if not isinstance(part, ModelCheckpoint)]
        callbacks.sort(key=lambda part: part is watch)  # it looks at the clock last
        trainer.limit_val_batches = 0
        trainer.fit_loop.epoch_loop.max_steps = steps + WARM_UP_STEPS
        trainer.fit(
            subject.lightning_module(),
            datamodule=MultitaskDataModule(subject.dataset, subject.settings.batch),
        )
    watch.steps = watch.steps[WARM_UP_STEPS:]
    watch.parts = {name: seconds[WARM_UP_STEPS:] for name, seconds in watch.parts.items()}
    return watch
