"""Steps that add up the gradients of several batches."""

import lightning as L
from lightning.pytorch.callbacks import Callback
from torch.optim import Optimizer


def batches_in_step(batch: int, batches: int, accumulate: int) -> int:
    """How many batches the step has that a batch belongs to.

    Parameters:
        batch: its number in the epoch, from 0.
        batches: in the epoch.
        accumulate: batches a step; the last step of an epoch may have fewer.

    >>> [batches_in_step(number, 5, 2) for number in range(5)]
    [2, 2, 2, 2, 1]
    """
    first = batch - batch % accumulate
    return min(accumulate, batches - first)


class LastGroupScaling(Callback):
    """Makes the gradient of an epoch's last step the mean over its batches where there are fewer
    than in other steps: Lightning divides by the full number, and so shrinks it."""

    def on_before_optimizer_step(
        self, trainer: L.Trainer, pl_module: L.LightningModule, optimizer: Optimizer
    ) -> None:
        """Scale the gradients, where the step has fewer batches."""
        accumulate = trainer.accumulate_grad_batches
        number = trainer.fit_loop.batch_idx
        here = batches_in_step(number, int(trainer.num_training_batches), accumulate)
        if here == accumulate:
            return
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.mul_(accumulate / here)
