"""Learning rate and batch where they are to be found: "auto"."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ....frame.config import TrainingConfig
from ....frame.drawing.lr_plot import plot_lr_range
from ....frame.errors import ConfigError
from ....frame.progress import ProgressCallback
from ....frame.training.lr_range import LearningRateRange, range_test
from ...data.source import DataNotice
from ..run import TrainingRun
from .batch_size import BatchChoice, choose_batch

AUTO = "auto"
FOUND = ("lr", "batch")
"""The settings that may be "auto"."""

LR_PLOT = "lr-range.png"


@dataclass(frozen=True)
class Findings:
    """What was found before a training.

    Parameters:
        config: of the training, with what was found.
        batch: where it was to be found.
        lr_range: where a learning rate was.
    """

    config: TrainingConfig
    batch: BatchChoice | None = None
    lr_range: LearningRateRange | None = None

    def to_dict(self) -> dict[str, Any]:
        """By the name of the setting, ready for run.json."""
        facts = {"batch": self.batch, "lr": self.lr_range}
        return {name: fact.to_dict() for name, fact in facts.items() if fact is not None}

    def plot(self, folder: Path) -> None:
        """Draw the range test into a run folder, where there was one.

        Parameters:
            folder: of the run.
        """
        if test := self.lr_range:
            path = folder / LR_PLOT
            plot_lr_range(test.rates, test.losses, test.smoothed, test.fallen, test.rate, path)


def split_auto(settings: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The settings that have a value, and the names of those that are to be found.

    Parameters:
        settings: of a training, by name.

    >>> split_auto({"lr": "auto", "epochs": 3})
    ({'epochs': 3}, ['lr'])
    """
    wanted = [name for name in FOUND if settings.get(name) == AUTO]
    return {name: value for name, value in settings.items() if name not in wanted}, wanted


def find_settings(
    wanted: list[str],
    config: TrainingConfig,
    build: Callable[[TrainingConfig], TrainingRun],
    progress: ProgressCallback,
) -> Findings:
    """Find a batch, then a learning rate for it, and say so.

    Parameters:
        wanted: what is to be found, of `FOUND`.
        config: of the training; `batch` is what the dataset recommends where it is to be found.
        build: the training as it will be for a configuration.
        progress: told how far the range test is.

    Raises ConfigError or DataError where nothing is found.
    """
    batch = lr_range = None
    if "batch" in wanted:
        run = build(config)
        limit = run.task.limit
        batch = choose_batch(run.module, run.data, config, usual=config.batch, limit=limit)
        config = replace(config, batch=batch.batch, accumulate=batch.accumulate)
        _say(str(batch))
    if "lr" in wanted:
        run = build(config)
        lr_range = range_test(run.module, run.batches(), config, progress=progress)
        config = replace(config, lr=lr_range.rate)
        _say(f"Learning rate {lr_range.rate:g}: {LR_PLOT} in the run shows the range test.")
    return Findings(config, batch, lr_range)


def without_found(
    folder: Path, settings: Mapping[str, Any], found: Mapping[str, Any]
) -> dict[str, Any]:
    """What is said of a run that goes on, without "auto" for what was found when it was begun.

    Parameters:
        folder: of the run.
        settings: of a training, by name.
        found: what run.json has of `Findings`.

    Raises ConfigError for "auto" of what was not found.
    """
    rest, wanted = split_auto(settings)
    for name in wanted:
        if name not in found:
            raise ConfigError(
                f"{folder} was begun with a {name} that was given, got auto. Leave it out to go "
                "on, or train anew into another --out."
            )
    return rest


def _say(text: str) -> None:
    warnings.warn_explicit(text, DataNotice, "triptych", 0)
