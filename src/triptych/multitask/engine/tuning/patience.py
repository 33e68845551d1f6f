"""Early stopping where a set is small, and what is said of it."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from lightning.pytorch.callbacks import EarlyStopping

from ....frame.config import TrainingConfig
from ...data.dataset import Dataset

SMALL_SET = 2000  # training images: of fewer a network soon knows all by heart
SHARE = 0.5  # of the epochs: at its highest rates a training may be no better for a third of them
FEWEST = 10  # epochs without a better one


def default_patience(images: int, epochs: int) -> int:
    """After how many epochs without a better one a training on own pictures stops by default; 0 for
    never.

    Parameters:
        images: for training.
        epochs: of the whole training.

    >>> default_patience(200, 30), default_patience(200, 100), default_patience(5000, 30)
    (15, 50, 0)
    """
    return max(ceil(SHARE * epochs), FEWEST) if images < SMALL_SET else 0


def with_patience(
    config: TrainingConfig, given: Mapping[str, Any], data: Dataset, limit: int | None
) -> TrainingConfig:
    """The settings with the patience that suits the data, where none is given.

    Parameters:
        config: of the training.
        given: settings that the user named.
        data: what is trained on.
        limit: training images that are used; None for all.
    """
    if given.get("patience") is not None or not data.stops_early:
        return config
    images = min(data.size("train"), limit or data.size("train"))
    return replace(config, patience=default_patience(images, config.epochs))


def describe_stop(stopping: EarlyStopping, config: TrainingConfig) -> str:
    """That and why a training stopped early, in one line; empty where it did not.

    Parameters:
        stopping: as it was when the training ended.
        config: of the training.
    """
    if stopping.wait_count < stopping.patience or not stopping.stopped_epoch:
        return ""
    epoch = stopping.stopped_epoch + 1
    return (
        f"Stopped after epoch {epoch} of {config.epochs}: {stopping.monitor} has not been better "
        f"than in epoch {epoch - stopping.wait_count} ({float(stopping.best_score):.4f}) for "
        f"{stopping.wait_count} epochs. --patience 0 never stops early."
    )
