"""Weights learned with the network from how large each loss stays (Kendall, Gal & Cipolla 2018)."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ._head_balance import HeadBalance, stacked
from ._step_losses import StepLosses


class Uncertainty(HeadBalance):
    """Minimizes Σ exp(−s)·w·L + s over the network and a logarithm s for each head (equation 10).

    There L is the negative logarithm of a likelihood and s that of its variance, with factors of ½
    for regression. Our losses (overlaps, distances, cross-entropies scaled by w) are none, so s is
    only what the method does with it: for a given loss the sum is lowest at s = log(w·L), where the
    loss weighs 1 / L, whatever w was. The network then lowers Σ log L, each loss by shares of
    itself. So w is where the weights begin, and no more.
    """

    def __init__(self, loss_weights: Mapping[str, float]):
        """
        Parameters:
            loss_weights: of each head, with which the weights begin.
        """
        super().__init__(loss_weights)
        self.log_variances = nn.Parameter(torch.zeros(len(self.loss_weights)))

    def weights(self) -> dict[str, Float[Tensor, ""]]:
        """exp(−s)·w of each head."""
        with torch.no_grad():
            weights = (-self.log_variances).exp() * self._own_weights(self.log_variances)
        return dict(zip(self.loss_weights, weights))

    def total(self, step: StepLosses) -> Float[Tensor, ""]:
        """Σ exp(−s)·w·L + s over the heads that have targets.

        Parameters:
            step: the losses of a batch.
        """
        losses, shares = (stacked(each, self.loss_weights) for each in (step.losses, step.shares))
        weighted = (-self.log_variances).exp() * self._own_weights(losses) * losses
        return (shares * (weighted + self.log_variances)).sum()
