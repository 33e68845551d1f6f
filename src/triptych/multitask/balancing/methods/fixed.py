"""Each head's loss weighs what it was given from the first step to the last."""

import torch
from jaxtyping import Float
from torch import Tensor

from ._head_balance import HeadBalance
from ._step_losses import StepLosses


class Fixed(HeadBalance):
    """The weighted sum of the losses, as `--weights` says."""

    learns = False

    def weights(self) -> dict[str, Float[Tensor, ""]]:
        """The heads' own weights."""
        return {name: torch.tensor(weight) for name, weight in self.loss_weights.items()}

    def total(self, step: StepLosses) -> Float[Tensor, ""]:
        """The weighted sum.

        Parameters:
            step: the losses of a batch.
        """
        weighted = [
            self.loss_weights[name] * (loss * step.shares[name])
            for name, loss in step.losses.items()
        ]
        return torch.stack(weighted).sum()
