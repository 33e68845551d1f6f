"""Triplets: an anchor, another photo of its person, and one of somebody else who is too near."""

from dataclasses import dataclass, fields
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from ...frame.dependencies import requires

Mining = Literal["semi-hard", "hard"]


@dataclass(frozen=True)
class TripletStats:
    """How a batch's triplets stand; distances are Euclidean, means over pairs."""

    active: Float[Tensor, ""]  # share of all triplets that still violate the margin
    same: Float[Tensor, ""]  # mean distance between photos of one person
    different: Float[Tensor, ""]  # ... and of two people
    collapsed: Float[Tensor, ""]  # 1 where vectors are so alike that no triplet can be right

    def items(self) -> dict[str, Tensor]:
        return {known.name: getattr(self, known.name) for known in fields(self)}


class TripletLoss(nn.Module):
    """The triplet loss of FaceNet (Schroff et al. 2015) on squared distances: an anchor is to be
    nearer to its person than to anybody else by `margin`; the mean over triplets that are not.

    Semi-hard mining takes all triplets whose stranger is farther than the friend, but not by the
    margin; hard mining takes each anchor's farthest friend and nearest stranger (Hermans et al.
    2017). The first is safe at the start, where the hardest pull all vectors into one point.
    """

    def __init__(self, margin: float):
        super().__init__()
        with requires("Training", "pytorch-metric-learning", "triptych[faces]"):
            from pytorch_metric_learning.distances import LpDistance
            from pytorch_metric_learning.losses import TripletMarginLoss
            from pytorch_metric_learning.miners import BatchHardMiner, TripletMarginMiner
        self.margin = margin
        squared = LpDistance(power=2)
        self.loss = TripletMarginLoss(margin, distance=squared)
        self.miners = nn.ModuleDict(
            {
                "semi-hard": TripletMarginMiner(margin, "semihard", distance=squared),
                "hard": BatchHardMiner(distance=squared),
            }
        )

    def forward(
        self,
        vectors: Float[Tensor, "batch size"],
        people: Int64[Tensor, " batch"],
        mining: Mining,
    ) -> Float[Tensor, ""]:
        """The loss of a batch of unit vectors; 0 where no triplet is left to mine."""
        return self.loss(vectors, people, self.miners[mining](vectors, people))

    @torch.no_grad()
    def stats(
        self, vectors: Float[Tensor, "batch size"], people: Int64[Tensor, " batch"]
    ) -> TripletStats:
        """The watch over a batch, over all its triplets, mined or not."""
        squared = (2 - 2 * vectors @ vectors.T).clamp(min=0)
        positives, negatives = positive_negative_masks(people)
        # entry [a, p, n]: how much nearer the stranger n is to a than the friend p is
        wrong = squared[:, :, None] - squared[:, None, :] + self.margin > 0
        known = positives[:, :, None] & negatives[:, None, :]
        different = _mean(squared.sqrt(), negatives)
        return TripletStats(
            active=_mean(wrong.float(), known),
            same=_mean(squared.sqrt(), positives),
            different=different,
            # even a friend at distance 0 would not be nearer by the margin
            collapsed=(_mean(squared, negatives) < self.margin).float(),
        )


def positive_negative_masks(
    people: Int64[Tensor, " batch"],
) -> tuple[Bool[Tensor, "batch batch"], Bool[Tensor, "batch batch"]]:
    """Which two photos are of one person, none with itself, and which are of two people."""
    same = people[:, None] == people[None]
    return same & ~torch.eye(len(people), dtype=torch.bool, device=people.device), ~same


def _mean(values: Tensor, chosen: Tensor) -> Tensor:
    """The mean of the chosen values; 0 where none is."""
    return (values * chosen).sum() / chosen.sum().clamp(min=1)
