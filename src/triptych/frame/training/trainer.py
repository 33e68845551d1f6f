"""Assemble a Lightning Trainer with the callbacks that all trainings share, and run it."""

import logging
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import lightning as L
from lightning.pytorch.callbacks import Callback, WeightAveraging

from ..config import TrainingConfig
from ..progress import ProgressCallback
from .accumulation import LastGroupScaling
from .batch_norm import SynchronizedBatchNorm
from .callbacks import CSVHistory, Patience, ProgressReporter
from .checkpoints import (
    BEST,
    LAST,
    AtomicCheckpointIO,
    EpochCheckpoint,
    check_checkpoint,
    checkpoint_path,
    restore_best,
)
from .devices import resolve_device, uses_bf16
from .loggers import build_loggers, close_loggers
from .optimizer import ema_with_warmup
from .waiting import WaitingShare


def build_trainer(
    config: TrainingConfig,
    folder: Path,
    *,
    progress: ProgressCallback,
    monitor: str,
    mode: Literal["max", "min"] = "max",
    callbacks: Iterable[Callback] = (),
    waiting: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> L.Trainer:
    """A Trainer as every panel uses it.

    It writes the last and the best epoch into `folder`, averages the weights, and writes a row an
    epoch to metrics.csv.

    Parameters:
        config: epochs, device, precision and the rest.
        folder: of the run, which exists.
        progress: told every few steps how many are done.
        monitor: name of the logged metric that picks the best epoch.
        mode: "max" where its highest value is the best, "min" where its lowest is.
        callbacks: of the panel; averaging and checkpoints come after them.
        waiting: whether metrics.csv says how much of the time was spent waiting for batches.
        facts: what is trained on what, which trackers are told beside the settings.

    Raises ConfigError for a device this machine does not have, and as `build_loggers` does.
    """
    silence_lightning()
    # not `save_last=True`, which leaves out epochs that are not the best so far; the last comes
    # last, for its checkpoint holds the figures of the best
    kept = EpochCheckpoint(folder, BEST, monitor, mode), EpochCheckpoint(folder, LAST)
    all_callbacks: list[Callback] = [
        CSVHistory(folder),
        ProgressReporter(progress, config.epochs),
        *callbacks,
    ]
    if config.ema_decay:
        all_callbacks.append(WeightAveraging(multi_avg_fn=ema_with_warmup(config.ema_decay)))
    if config.patience:
        all_callbacks.append(Patience(monitor, config.patience, mode, config.epochs))
    if waiting:
        all_callbacks.append(WaitingShare())
    if config.accumulate > 1:
        all_callbacks.append(LastGroupScaling())
    # a frozen part has no gradients, in some epochs and not in others
    strategy = "ddp_find_unused_parameters_true" if config.freeze_epochs else "ddp"
    several = config.devices * config.num_nodes > 1
    plugins = [AtomicCheckpointIO(), *([SynchronizedBatchNorm()] if several else [])]
    kind, devices = lightning_devices(config.device, config.devices)
    return L.Trainer(
        accelerator=kind,
        devices=devices,
        num_nodes=config.num_nodes,
        strategy=strategy if several else "auto",
        plugins=plugins,
        precision="bf16-mixed" if uses_bf16(config.precision, kind) else "32-true",
        max_epochs=config.epochs,
        accumulate_grad_batches=config.accumulate,
        callbacks=[*all_callbacks, *kept],
        logger=build_loggers(config, folder, facts) or False,
        default_root_dir=folder,
        num_sanity_val_steps=0,
        reload_dataloaders_every_n_epochs=1,  # a fresh epoch is made, not reshuffled
        use_distributed_sampler=False,  # the batches know their rank
        enable_progress_bar=False,
        enable_model_summary=False,
        log_every_n_steps=50,
    )


def lightning_devices(name: str, count: int) -> tuple[str, int | list[int]]:
    """A device name and a number of devices as Lightning takes them: `accelerator`, `devices`.

    Parameters:
        name: "cpu", "cuda" or "cuda:1", as `resolve_device` gives it.
        count: of devices on this machine.
    """
    device = resolve_device(name)
    if device.type == "cpu" or device.index is None:
        return device.type, count
    return device.type, [device.index]


def fit(
    trainer: L.Trainer, module: L.LightningModule, data: L.LightningDataModule, folder: Path
) -> float:
    """Train from the last complete epoch in `folder`, if there is one, else from the start.

    The module ends with the weights of the best epoch.

    Parameters:
        trainer: as `build_trainer` makes it.
        module: to train.
        data: its batches.
        folder: of the run, in which no other process works.

    Returns the seconds of training. Raises KeyboardInterrupt where the user stops it, RunError for
    a damaged checkpoint.
    """
    started, last = perf_counter(), checkpoint_path(folder)
    if last.exists():
        check_checkpoint(last)
    try:
        # weights_only: tensors and plain values are read, never code
        trainer.fit(
            module, datamodule=data, ckpt_path=last if last.exists() else None, weights_only=True
        )
    except BaseException as error:
        close_loggers(trainer)
        if isinstance(error, SystemExit):  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from error
        raise
    seconds = perf_counter() - started
    restore_best(module, folder)
    return seconds


def silence_lightning() -> None:
    """Silence Lightning's advice and warnings, which users of triptych cannot act on."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"lightning\..*")
