"""The optimizer, its schedule and the moving average that all trainings share."""

from collections.abc import Callable

import lightning as L
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ..config import TrainingConfig


def adamw_one_cycle(module: L.LightningModule, config: TrainingConfig) -> OptimizerLRScheduler:
    """AdamW with a one-cycle schedule over all steps of the training."""
    # biases and norms are not decayed: there is nothing to keep small about an offset
    groups = [
        {
            "params": [p for p in module.parameters() if p.requires_grad and p.ndim > 1],
            "weight_decay": config.weight_decay,
        },
        {
            "params": [p for p in module.parameters() if p.requires_grad and p.ndim <= 1],
            "weight_decay": 0.0,
        },
    ]
    optimizer = torch.optim.AdamW(groups, lr=config.lr, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        config.lr,
        total_steps=int(module.trainer.estimated_stepping_batches),
        pct_start=config.warmup_fraction,
    )
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def ema_with_warmup(decay: float) -> Callable[..., None]:
    """Averages that keep `share` a step, and less at first: a short training would else never
    forget the random weights it began with (the ramp is that of TensorFlow's moving average)."""

    def average(averages: list[Tensor], current: list[Tensor], steps: Tensor) -> None:
        kept = min(decay, (1 + int(steps)) / (10 + int(steps)))
        get_ema_multi_avg_fn(kept)(averages, current, steps)

    return average
