"""Weights learned such that all heads pull at what they share alike (Chen et al. 2018)."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ....frame.training.distributed import sum_over_processes, world_size
from ..shared_layers import head_gradients, last_shared_layer
from ._head_balance import HeadBalance, stacked
from ._step_losses import StepLosses

ALPHA = 1.5  # how much more a head pulls that has learnt less; the paper's for NYUv2


class GradNorm(HeadBalance):
    """Learns a factor v of each head's weight that brings the norm G of the gradient of v·w·L close
    to mean(G)·r^1.5, where r is L over its first value, relative to the mean head's.

    Gradients are those of the last layer that all heads share, as in the paper. The factors are the
    softmax of what is learned, times the number of heads: they are above 0 and their sum stays the
    same, for which the paper scales them after each step, and small ones are learned as fast as
    large ones. L1 distances are divided by mean(G), so the unit of the gradients does not matter.
    """

    first_losses: Tensor
    """The loss of each head in the first step that had its target; 0 before."""

    def __init__(self, loss_weights: Mapping[str, float]):
        """
        Parameters:
            loss_weights: of each head, with which the weights begin.
        """
        super().__init__(loss_weights)
        self.logits = nn.Parameter(torch.zeros(len(self.loss_weights)))
        self.register_buffer("first_losses", torch.zeros(len(self.loss_weights)))
        self._layer: tuple[int, nn.Parameter | None] | None = None

    def factors(self) -> Float[Tensor, " heads"]:
        """v of each head, by which its own weight is multiplied; their mean is 1."""
        return len(self.logits) * self.logits.softmax(0)

    def weights(self) -> dict[str, Float[Tensor, ""]]:
        """v·w of each head."""
        with torch.no_grad():
            weights = self.factors() * self._own_weights(self.logits)
        return dict(zip(self.loss_weights, weights))

    def total(self, step: StepLosses) -> Float[Tensor, ""]:
        """The weighted sum of the losses; the network's gradient is that of it. To the factors'
        gradient belongs the distance of the norms alone.

        Parameters:
            step: the losses of a batch.
        """
        losses, shares = (stacked(each, self.loss_weights) for each in (step.losses, step.shares))
        factors = self.factors()
        total = (factors.detach() * self._own_weights(losses) * shares * losses).sum()
        slopes = self._slopes(step, factors.detach())
        return total + (slopes * (factors - factors.detach())).sum()  # adds 0, and a gradient

    def _slopes(
        self, step: StepLosses, factors: Float[Tensor, " heads"]
    ) -> Float[Tensor, " heads"]:
        """The derivative of Σ |G − mean(G)·r^1.5| / mean(G) by each factor."""
        names, processes = self.loss_weights, world_size()
        parts = {name: step.batch_shares[name] * step.losses[name] for name in names}
        whole = sum_over_processes(stacked(parts, names).detach()) / processes
        known = sum_over_processes(stacked(step.batch_shares, names)) > 0
        new = known & (self.first_losses == 0)
        self.first_losses.copy_(torch.where(new, whole, self.first_losses))
        layer = self._shared_layer(step)
        if layer is None or not known.any():
            return torch.zeros_like(factors)
        gradients = sum_over_processes(head_gradients(parts, [layer])) / processes
        norms = gradients.norm(dim=1) * self._own_weights(factors)
        return norm_slopes(norms, factors, whole / self.first_losses, known)

    def _shared_layer(self, step: StepLosses) -> nn.Parameter | None:
        if self._layer is None or self._layer[0] != step.frozen:
            self._layer = step.frozen, last_shared_layer(step.losses, step.backbone)
        return self._layer[1]


def norm_slopes(
    norms: Float[Tensor, " heads"],
    factors: Float[Tensor, " heads"],
    ratios: Float[Tensor, " heads"],
    known: Tensor,
) -> Float[Tensor, " heads"]:
    """The derivative of the distance of all gradient norms from those wanted, by each factor.

    Parameters:
        norms: of the gradient of each head's loss, without its factor.
        factors: by which they are multiplied.
        ratios: each loss over its first value.
        known: which heads count; the slopes of others are 0.

    >>> one = torch.ones(2)
    >>> norm_slopes(torch.tensor([3.0, 1.0]), one, one, one > 0)
    tensor([ 1.5000, -0.5000])
    """
    ratios = ratios.nan_to_num(1.0, 1.0, 1.0).clamp(min=0)
    relative = ratios / ratios[known].mean()
    present = (factors * norms)[known].mean()
    if not 0 < present < torch.inf:
        return torch.zeros_like(factors)
    wanted = present * relative.nan_to_num(1.0).pow(ALPHA)
    slopes = (factors * norms - wanted).sign() * norms / present
    return slopes.where(known, 0.0)
