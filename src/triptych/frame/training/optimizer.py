"""The optimizer, its schedule and the moving average that all trainings share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import lightning as L
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ..config import TrainingConfig
from .freezing import parameter_groups


class ExtensibleOneCycle(torch.optim.lr_scheduler.OneCycleLR):
    """A one-cycle schedule that can go on over more steps than it was begun with.

    Then it is laid anew over all steps, and goes on where it would be by now had it been as long
    from the beginning.
    """

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a checkpoint.

        Parameters:
            state_dict: what the schedule of the checkpoint gave, of as many steps or fewer.
        """
        own = {name: vars(self)[name] for name in ("total_steps", "_schedule_phases")}
        longer = own["total_steps"] != state_dict["total_steps"]
        super().load_state_dict({**state_dict, **own} if longer else state_dict)
        if longer:  # the rate of the last step taken, as the longer schedule has it
            self.last_epoch -= 1
            self.step()


def adamw_one_cycle(
    module: L.LightningModule,
    config: TrainingConfig,
    stages: Sequence[nn.Module] = (),
    own_rates: Mapping[nn.Module, float] | None = None,
) -> OptimizerLRScheduler:
    """AdamW (Loshchilov & Hutter 2019) with a one-cycle schedule (Smith & Topin 2018).

    Parameters:
        module: attached to a trainer, which knows how many steps there will be.
        config: its `lr`, `layer_decay`, `weight_decay` and `warmup_fraction` are used.
        stages: of a backbone, which learn the more slowly the earlier they are.
        own_rates: highest learning rates of other parts, which do not follow `lr`.

    Returns what `configure_optimizers` returns.
    """
    groups = parameter_groups(module, config, stages, own_rates)
    optimizer = torch.optim.AdamW(groups, lr=config.lr, fused=True)
    steps = int(module.trainer.estimated_stepping_batches)
    schedule = ExtensibleOneCycle(
        optimizer,
        [group["max_lr"] for group in groups],
        total_steps=steps,
        pct_start=warmup_share(config.warmup_fraction, steps),
    )
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def warmup_share(fraction: float, steps: int) -> float:
    """The share of steps in which the rate rises, such that PyTorch's schedule can be laid: it
    divides by zero where that is exactly one step.

    Parameters:
        fraction: that is wanted, 0 … 1.
        steps: of the whole training.
    """
    return fraction * (1 - 1e-9) if fraction * steps == 1 else fraction


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
