"""The learning rate found by a range test: rates that rise step by step, and the loss at each."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import lightning as L
import numpy as np
import torch
from jaxtyping import Float
from lightning.pytorch.callbacks import Callback

from ..config import TrainingConfig
from ..errors import ConfigError, DataError
from ..progress import ProgressCallback, ProgressEvent, no_progress
from .accumulation import LastGroupScaling
from .devices import uses_bf16
from .trainer import lightning_devices, silence_lightning

STEPS = 100
LOWEST, HIGHEST = 1e-6, 1.0
SMOOTHING = 0.9  # share of the average that a step keeps
DIVERGED = 4  # times the lowest smoothed loss: here the test stops
FALLEN = 0.9  # of the way to the lowest smoothed loss, which itself is a matter of chance
BELOW = 10  # times below the rate where the loss has fallen so far: it falls steadily there
FIRST = 10  # steps, at rates too low to change anything: how high the loss is at the start
FEWEST = 20  # steps: of fewer no average is worth anything


@dataclass(frozen=True)
class LearningRateRange:
    """What a range test saw.

    Parameters:
        rates: of each step, rising.
        losses: of the images of each step, before it was taken.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def smoothed(self) -> Float[np.ndarray, " steps"]:
        """The losses as an exponential average."""
        return smooth(self.losses)

    @property
    def rate(self) -> float:
        """The rate to train with, in two digits: a tenth of that of `fallen`."""
        return float(f"{self.rates[self.fallen] / BELOW:.1e}")

    @property
    def fallen(self) -> int:
        """The step at which the smoothed loss has fallen most of the way to its lowest value."""
        smoothed = self.smoothed
        start, lowest = float(np.median(smoothed[:FIRST])), float(smoothed.min())
        return int(np.argmax(smoothed <= start - FALLEN * (start - lowest)))

    def to_dict(self) -> dict[str, Any]:
        """What it says, ready for JSON."""
        return {"rate": self.rate, "rates": [*self.rates], "losses": [*self.losses]}


def smooth(losses: Sequence[float]) -> Float[np.ndarray, " steps"]:
    """An exponential average of losses, corrected for its start as in Adam.

    Parameters:
        losses: step by step.

    >>> smooth([2.0, 2.0, 2.0]).round(3).tolist()
    [2.0, 2.0, 2.0]
    """
    average, smoothed = 0.0, []
    for step, loss in enumerate(losses, 1):
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        smoothed.append(average / (1 - SMOOTHING**step))
    return np.array(smoothed)


def range_test(
    module: L.LightningModule,
    data: L.LightningDataModule,
    config: TrainingConfig,
    *,
    progress: ProgressCallback = no_progress,
) -> LearningRateRange:
    """A range test (Smith 2017): a copy of the module is trained for 100 steps, each at a higher
    rate than the one before, from 1e-6 to 1, until the loss diverges.

    Neither the module nor the random numbers that come after depend on it, and only training images
    are seen. The rate is a tenth of that at which the smoothed loss has fallen 90 % of the way to
    its lowest value; Smith reads it off a plot. Lightning's LearningRateFinder differentiates by
    the rate instead of its logarithm, which makes it choose very low ones, goes on from the random
    numbers it used, and measures validation images.

    Parameters:
        module: with the weights that the training begins with.
        data: its training batches, on the device of `config`.
        config: device, precision and so on; `lr` does not matter but for the groups' shares of it.
        progress: told how many steps are done.

    Raises ConfigError for several devices, DataError where no rate is found.
    """
    if config.devices * config.num_nodes > 1:
        raise ConfigError(
            "A learning rate is tested on one device. Test with --devices 1 and one epoch, then "
            "name what was found: --lr X."
        )
    silence_lightning()
    rising = _RisingRate(config.lr, progress)
    kind, devices = lightning_devices(config.device, 1)
    trainer = L.Trainer(
        accelerator=kind,
        devices=devices,
        precision="bf16-mixed" if uses_bf16(config.precision, kind) else "32-true",
        max_epochs=-1,
        max_steps=STEPS,
        accumulate_grad_batches=config.accumulate,
        callbacks=[rising, LastGroupScaling()] if config.accumulate > 1 else [rising],
        logger=False,
        enable_checkpointing=False,
        limit_val_batches=0,
        reload_dataloaders_every_n_epochs=1,
        use_distributed_sampler=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    index = torch.cuda.current_device() if kind == "cuda" else 0
    with torch.random.fork_rng(devices=[index] if kind == "cuda" else []):
        try:
            trainer.fit(copy.deepcopy(module), datamodule=data)
        except SystemExit as stop:  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from stop
    if len(rising.losses) < FEWEST:
        raise DataError(
            f"No learning rate is found: the loss diverged after {len(rising.losses)} of {STEPS} "
            "steps, at the lowest rates. Look at the data, or name a rate: --lr 0.001."
        )
    return LearningRateRange(tuple(rising.rates), tuple(rising.losses))


class _RisingRate(Callback):
    """Sets the rate of each step and keeps its loss."""

    def __init__(self, lr: float, progress: ProgressCallback):
        """
        Parameters:
            lr: the rate the optimizer is configured with, of which its groups may have shares.
            progress: told how many steps are done.
        """
        self.lr, self.progress = lr, progress
        self.rates: list[float] = []
        self.losses: list[float] = []
        self.parts: list[float] = []  # losses of the batches of a step so far

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Take the schedule away, and remember the groups' shares of the rate."""
        trainer.strategy.lr_scheduler_configs = []
        groups = trainer.optimizers[0].param_groups
        self.shares = [group.get("max_lr", group["lr"]) / self.lr for group in groups]

    def on_train_batch_start(
        self, trainer: L.Trainer, pl_module: L.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Set the rate of the step that the batch belongs to."""
        rate = LOWEST * (HIGHEST / LOWEST) ** (trainer.global_step / (STEPS - 1))
        for group, share in zip(trainer.optimizers[0].param_groups, self.shares):
            group["lr"] = rate * share
        self.rate = rate

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Keep the loss of a step that was taken; stop where it has diverged."""
        self.parts.append(float(outputs["loss"]) * trainer.accumulate_grad_batches)
        if trainer.global_step == len(self.losses):  # gradients are still added up
            return
        loss = sum(self.parts) / len(self.parts)
        self.parts = []
        if not isfinite(loss):
            trainer.should_stop = True
            return
        self.rates.append(self.rate)
        self.losses.append(loss)
        self.progress(ProgressEvent("learning rate", len(self.losses), STEPS))
        smoothed = smooth(self.losses)
        if len(smoothed) >= FEWEST and smoothed[-1] > DIVERGED * smoothed.min():
            trainer.should_stop = True
