"""The loss of centers, and which cells learn which shape."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..structures.object_rows import ObjectRows
from .center_maps import CenterMaps

FOCUS, TOLERANCE = 2, 4  # exponents of the focal loss, as in CenterNet


def focal_loss(
    logits: Float[Tensor, "batch classes rows columns"],
    heat: Float[Tensor, "batch classes rows columns"],
    counts: Bool[Tensor, "batch classes rows columns"],
) -> Float[Tensor, " batch"]:
    """CenterNet's focal loss, summed over the map of each image: cells near a center are blamed
    less for saying so (Law & Deng 2018; Zhou et al. 2019).

    Parameters:
        logits: of a center.
        heat: 1 at centers, falling off around them.
        counts: which cells count.
    """
    probability = logits.sigmoid()
    center = heat >= 1
    positive = (1 - probability) ** FOCUS * F.softplus(-logits)
    negative = (1 - heat) ** TOLERANCE * probability**FOCUS * F.softplus(logits) * counts
    return torch.where(center, positive, negative).flatten(1).sum(1)


def shape_cells(
    maps: CenterMaps, truth: ObjectRows
) -> tuple[
    Int[Tensor, " cells"],
    Int[Tensor, " cells"],
    Int[Tensor, " cells"],
    Int[Tensor, " cells"],
    Float[Tensor, " cells"],
]:
    """The cells that learn a shape: image, row and column of each, the number of the object it
    learns, and its weight; the weights of an object sum to 1.

    Parameters:
        maps: of the same objects.
        truth: the objects.
    """
    image, row, column = maps.weight.nonzero(as_tuple=True)
    owner, weight = maps.owner[image, row, column], maps.weight[image, row, column]
    total = torch.zeros_like(truth.classes, dtype=weight.dtype)
    total.index_put_((image, owner), weight, accumulate=True)
    return image, row, column, owner, weight / total[image, owner]
