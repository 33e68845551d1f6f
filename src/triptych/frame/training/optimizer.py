"""The optimizer, its schedule and the moving average that all trainings share."""

from collections.abc import Callable

import lightning as L
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ..config import TrainingConfig


def adamw_one_cycle(module: L.LightningModule, config: TrainingConfig) -> OptimizerLRScheduler:
    """AdamW (Loshchilov & Hutter 2019) with a one-cycle schedule (Smith & Topin 2018).

    Biases and norms are not decayed: there is nothing to keep small about an offset.

    Parameters:
        module: attached to a trainer, which knows how many steps there will be.
        config: its `lr`, `weight_decay` and `warmup_fraction` are used.

    Returns what `configure_optimizers` returns.
    """
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
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
    """An exponential moving average of weights for `torch.optim.swa_utils.AveragedModel`.

    The decay rises to `decay` as (1 + steps) / (10 + steps), after TensorFlow's moving average: a
    short training would else never forget its random start. Lightning's EMAWeightAveraging keeps
    the decay constant, so it gives other weights.
    """

    def average(averages: list[Tensor], current: list[Tensor], steps: Tensor) -> None:
        now = min(decay, (1 + int(steps)) / (10 + int(steps)))
        get_ema_multi_avg_fn(now)(averages, current, steps)

    return average
