"""The contract of a method: losses of the heads in, the total to minimize out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ._step_losses import StepLosses

RATE = 0.025
"""Highest learning rate of what a method learns. By Adam a logarithm of a weight moves about so far
in a step: a weight that is wrong by 100 is made up for in some 200 steps."""


class HeadBalance(nn.Module, ABC):
    """Weighs the heads' losses against each other.

    What it learns are its parameters, and what it must know again when a training is resumed its
    buffers; both are in checkpoints, none in a saved model.
    """

    learns: ClassVar[bool] = True
    """Whether the weights change in training."""

    rate: ClassVar[float] = RATE
    """Highest learning rate of its parameters, in the one-cycle schedule of the others."""

    def __init__(self, loss_weights: Mapping[str, float]):
        """
        Parameters:
            loss_weights: of each head, by its name in the model: where learning begins.
        """
        super().__init__()
        self.loss_weights = dict(loss_weights)

    @abstractmethod
    def weights(self) -> dict[str, Float[Tensor, ""]]:
        """What each head's loss is multiplied by at the moment, without a gradient."""

    @abstractmethod
    def total(self, step: StepLosses) -> Float[Tensor, ""]:
        """What a training step minimizes: by it the network learns, and the method's parameters.

        Parameters:
            step: the losses of a batch. A head whose share is 0 has no target in it, and must count
                for nothing.
        """

    def _own_weights(self, like: Tensor) -> Float[Tensor, " heads"]:
        """The heads' own weights, in their order."""
        return like.new_tensor([*self.loss_weights.values()])


def stacked(values: Mapping[str, Tensor], names: Mapping[str, object]) -> Float[Tensor, " heads"]:
    """Values by head as one tensor.

    Parameters:
        values: by head.
        names: the heads, in the order wanted.
    """
    return torch.stack([values[name] for name in names])
