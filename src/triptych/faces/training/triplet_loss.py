"""Triplet loss with mining, and statistics of all triplets of a batch.

A triplet is an anchor, another image of its identity (the positive) and one of another identity
(the negative).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from ...frame.dependencies import requires

Mining = Literal["semi-hard", "hard"]


@dataclass(frozen=True)
class TripletStats:
    """How the triplets of a batch stand, mined or not.

    Parameters:
        active: share of all triplets that violate the margin, 0 … 1.
        positive_distance: mean Euclidean distance of pairs of one identity.
        negative_distance: mean Euclidean distance of pairs of two identities.
        collapsed: 1 where vectors are so alike that no triplet can satisfy the margin, else 0.
    """

    active: Float[Tensor, ""]
    positive_distance: Float[Tensor, ""]
    negative_distance: Float[Tensor, ""]
    collapsed: Float[Tensor, ""]


class TripletLoss(nn.Module):
    """The triplet loss of FaceNet (Schroff et al. 2015) on squared distances: an anchor is to be
    nearer to its positive than to its negative by a margin; the mean over triplets that are not.

    Semi-hard mining takes all triplets whose negative is farther than the positive, but not by the
    margin; hard mining takes each anchor's farthest positive and nearest negative (Hermans et al.
    2017). The first is safe at the start, where the hardest pull all vectors into one point.
    """

    def __init__(self, margin: float):
        """
        Parameters:
            margin: in squared distance, 0 … 4.

        Raises MissingDependencyError without pytorch-metric-learning.
        """
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
        labels: Int64[Tensor, " batch"],
        mining: Mining,
    ) -> Float[Tensor, ""]:
        """The loss of a batch; 0 where no triplet is left to mine.

        Parameters:
            vectors: of unit length, (B, D).
            labels: the number of each vector's identity, (B,).
            mining: which triplets count.
        """
        return self.loss(vectors, labels, self.miners[mining](vectors, labels))

    @torch.no_grad()
    def stats(
        self, vectors: Float[Tensor, "batch size"], labels: Int64[Tensor, " batch"]
    ) -> TripletStats:
        """Statistics over all triplets of a batch, mined or not.

        Parameters:
            vectors: of unit length, (B, D).
            labels: the number of each vector's identity, (B,).
        """
        squared = (2 - 2 * vectors @ vectors.T).clamp(min=0)
        positives, negatives = positive_negative_masks(labels)
        violations = _count_violations(squared, negatives, self.margin)
        triplets = (positives.sum(1) * negatives.sum(1)).sum()
        return TripletStats(
            active=(violations * positives).sum().float() / triplets.clamp(min=1),
            positive_distance=_mean(squared.sqrt(), positives),
            negative_distance=_mean(squared.sqrt(), negatives),
            # even a positive at distance 0 would not be nearer by the margin
            collapsed=(_mean(squared, negatives) < self.margin).float(),
        )


def positive_negative_masks(
    labels: Int64[Tensor, " batch"],
) -> tuple[Bool[Tensor, "batch batch"], Bool[Tensor, "batch batch"]]:
    """Which pairs of a batch are of one identity (none with itself), and which are of two.

    Parameters:
        labels: the number of each image's identity, (B,).
    """
    same = labels[:, None] == labels[None]
    return same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device), ~same


def _count_violations(
    squared: Float[Tensor, "batch batch"], negatives: Bool[Tensor, "batch batch"], margin: float
) -> Int64[Tensor, "batch batch"]:
    """Entry [a, p]: how many negatives n of anchor a are not farther than p by the margin.

    By bisection in each anchor's sorted negatives, so in B² memory; the comparison is that of the
    loss, so ties are counted alike."""
    ordered = squared.masked_fill(~negatives, torch.inf).sort(1).values
    last = len(squared) - 1
    low = torch.zeros_like(squared, dtype=torch.int64)
    high = low + len(squared)
    for _ in range(len(squared).bit_length()):
        middle = (low + high) // 2
        violates = squared - ordered.gather(1, middle.clamp(max=last)) + margin > 0
        violates &= middle <= last
        low, high = torch.where(violates, middle + 1, low), torch.where(violates, high, middle)
    return low


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of the values under the mask; 0 where there are none."""
    return (values * mask).sum() / mask.sum().clamp(min=1)
