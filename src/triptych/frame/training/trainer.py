"""Training, assembled once from Lightning's parts, and the callbacks every panel's runs share."""

import logging
import os
import warnings
import zipfile
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from pickle import UnpicklingError
from time import perf_counter

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint, WeightAveraging
from lightning.pytorch.loggers import Logger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ..config import TrainingSettings
from ..errors import MissingDependencyError, RunError
from ..progress import Watcher
from ..storage import run_folder
from .callbacks import History, Telling
from .callbacks import history as history
from .devices import device as device
from .devices import uses_bf16 as uses_bf16

CHECKPOINTS, LAST, BEST = "checkpoints", "last", "best"


def trainer(
    settings: TrainingSettings,
    folder: Path,
    *,
    watch: Watcher,
    monitor: str,
    callbacks: Iterable[Callback] = (),
) -> L.Trainer:
    """A Trainer that keeps the last and the best epoch in `folder`, averages the weights, writes
    metrics.csv and tells `watch` how it goes. `monitor` is the logged figure that picks the best.
    """
    _quiet()
    kept = ModelCheckpoint(
        folder / CHECKPOINTS,
        filename=BEST,
        monitor=monitor,
        mode="max",
        save_last=True,
        enable_version_counter=False,
    )
    parts: list[Callback] = [History(folder), Telling(watch, settings.epochs), *callbacks]
    if settings.average:
        parts.append(WeightAveraging(multi_avg_fn=averaging(settings.average)))
    if settings.patience:
        parts.append(EarlyStopping(monitor, patience=settings.patience, mode="max"))
    kind, devices = accelerator(settings.device, settings.devices)
    return L.Trainer(
        accelerator=kind,
        devices=devices,
        num_nodes=settings.nodes,
        strategy="ddp" if settings.devices * settings.nodes > 1 else "auto",
        precision="bf16-mixed" if uses_bf16(settings.precision, kind) else "32-true",
        max_epochs=settings.epochs,
        callbacks=[*parts, kept],
        logger=_tensorboard(folder) if settings.tensorboard else False,
        default_root_dir=folder,
        num_sanity_val_steps=0,
        reload_dataloaders_every_n_epochs=1,  # a fresh epoch is made, not reshuffled
        use_distributed_sampler=False,  # the batches know their rank
        enable_progress_bar=False,
        enable_model_summary=False,
        log_every_n_steps=50,
    )


def learning(module: L.LightningModule, settings: TrainingSettings) -> OptimizerLRScheduler:
    """AdamW with a one-cycle schedule over all steps of the training."""
    # biases and norms are not decayed: there is nothing to keep small about an offset
    groups = [
        {
            "params": [p for p in module.parameters() if p.requires_grad and p.ndim > 1],
            "weight_decay": settings.decay,
        },
        {
            "params": [p for p in module.parameters() if p.requires_grad and p.ndim <= 1],
            "weight_decay": 0.0,
        },
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings.lr, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        settings.lr,
        total_steps=int(module.trainer.estimated_stepping_batches),
        pct_start=settings.warmup,
    )
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def leads() -> bool:
    """Whether this process writes and speaks: of those that train together, the first."""
    return getattr(rank_zero_only, "rank", 0) == 0


def meet() -> None:
    """Wait until all processes that train together have come so far."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()


def averaging(share: float) -> Callable[..., None]:
    """Averages that keep `share` a step, and less at first: a short training would else never
    forget the random weights it began with (the ramp is that of TensorFlow's moving average)."""

    def average(averages: list[Tensor], current: list[Tensor], steps: Tensor) -> None:
        kept = min(share, (1 + int(steps)) / (10 + int(steps)))
        get_ema_multi_avg_fn(kept)(averages, current, steps)

    return average


def accelerator(name: str, count: int) -> tuple[str, int | list[int]]:
    """Lightning's words for a device name and a number of devices."""
    chosen = device(name)
    if chosen.type == "cpu" or chosen.index is None:
        return chosen.type, count
    return chosen.type, [chosen.index]


def device_of(settings: TrainingSettings) -> torch.device:
    """The device this process trains on: where there are several, the one of its rank. Data are put
    there before Lightning says so."""
    chosen = device(settings.device)
    if chosen.type == "cpu" or chosen.index is not None:
        return chosen
    return torch.device(chosen.type, int(os.environ.get("LOCAL_RANK", "0")))


def fit(
    trainer: L.Trainer, module: L.LightningModule, data: L.LightningDataModule, folder: Path
) -> float:
    """Train from the last complete epoch in `folder`, if there is one, else from the start; the
    module ends with the weights of the best. Returns the seconds of training.

    Raises KeyboardInterrupt where the user stops it, RunError for a damaged checkpoint."""
    with run_folder.held(folder) if leads() else nullcontext():
        seconds = _fit(trainer, module, data, folder)
    restore_best(module, folder)
    return seconds


def _fit(
    trainer: L.Trainer, module: L.LightningModule, data: L.LightningDataModule, folder: Path
) -> float:
    began, last = perf_counter(), folder / CHECKPOINTS / f"{LAST}.ckpt"
    if last.exists():
        _checked(last)
    try:
        # weights_only: tensors and plain values are read, never code
        trainer.fit(
            module, datamodule=data, ckpt_path=last if last.exists() else None, weights_only=True
        )
    except SystemExit as stop:  # what Lightning makes of Ctrl-C
        raise KeyboardInterrupt from stop
    return perf_counter() - began


def _checked(checkpoint: Path) -> None:
    """Raises RunError for a checkpoint that cannot be read whole: Lightning would raise anything."""
    try:
        torch.load(checkpoint, map_location="cpu", weights_only=True)
    except (UnpicklingError, zipfile.BadZipFile, EOFError, RuntimeError, OSError) as error:
        raise RunError(f"{checkpoint} is damaged. Delete it to start the run anew.") from error


def restore_best(module: L.LightningModule, folder: Path) -> None:
    """Give the module the weights of the best epoch, where one was kept."""
    best = folder / CHECKPOINTS / f"{BEST}.ckpt"
    if best.exists():
        state = torch.load(best, map_location=module.device, weights_only=True)
        module.load_state_dict(state["state_dict"])


def _tensorboard(folder: Path) -> Logger:
    try:
        return TensorBoardLogger(folder, name="tensorboard", version="")
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            "--tensorboard needs a package: pip install 'triptych[tensorboard]'."
        ) from error


def _quiet() -> None:
    """Lightning's talk about itself is not the user's business."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"lightning\..*")
