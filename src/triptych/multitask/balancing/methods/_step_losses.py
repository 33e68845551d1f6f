"""What a method is told of one batch."""

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class StepLosses:
    """The losses of a batch in this process, and how much of a step they are.

    Parameters:
        losses: by head: the mean over the images here that have its target; 0 where none has.
        shares: by head: how much more than in the mean process and batch of the step its target is
            known here. The mean of share times loss over both is the loss of the whole step.
        batch_shares: by head: the same of this batch alone, where several make a step.
        backbone: its parameters are shared by the heads.
        frozen: how many of its stages do not learn at the moment.
    """

    losses: Mapping[str, Float[Tensor, ""]]
    shares: Mapping[str, Float[Tensor, ""]]
    batch_shares: Mapping[str, Float[Tensor, ""]]
    backbone: nn.Module
    frozen: int = 0
