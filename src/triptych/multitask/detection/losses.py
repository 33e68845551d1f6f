"""The loss of centers, and which cells learn which shape."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..structures.object_rows import ObjectRows
from .center_maps import CenterMaps
from .pairwise import Overlap

SMOOTH_L1_BETA = 0.1  # of the object's extent: below this distance the loss is quadratic
DISTANCE_WEIGHT = 0.5


def focal_loss(
    logits: Float[Tensor, "batch classes rows columns"],
    heat: Float[Tensor, "batch classes rows columns"],
    counts: Bool[Tensor, "batch classes rows columns"],
) -> Float[Tensor, " batch"]:
    """CenterNet's focal loss, summed over the map of each image: cells near a center are blamed
    less for saying so (Law & Deng 2018; Zhou et al. 2019). Its exponents are 2 and 4, as there.

    Parameters:
        logits: of a center.
        heat: 1 at centers, falling off around them.
        counts: which cells count.
    """
    softplus = F.softplus(logits)
    # a center has heat 1, so that as background it weighs nothing
    weight = (1 - heat).square().square() * counts
    background = weight * logits.sigmoid().square() * softplus
    image, kind, row, column = (heat >= 1).nonzero(as_tuple=True)
    center, unsure = logits[image, kind, row, column], softplus[image, kind, row, column]
    found = (1 - center.sigmoid()).square() * (unsure - center)
    return background.flatten(1).sum(1).index_add(0, image, found)


def shape_loss(
    said: Float[Tensor, "cells numbers"],
    wanted: Float[Tensor, "cells numbers"],
    half_sides: Float[Tensor, "cells 2"],
    iou: Overlap,
) -> Float[Tensor, " cells"]:
    """1 − IoU, and smooth L1 in units of half the object's longer side.

    Parameters:
        said: shapes of the network, in pixels.
        wanted: what they should be.
        half_sides: half the width and height of the box around each of those, in pixels.
        iou: overlap of two shapes.
    """
    extent = half_sides.amax(1, keepdim=True).clamp(min=1)
    apart = F.smooth_l1_loss(said / extent, wanted / extent, beta=SMOOTH_L1_BETA, reduction="none")
    return DISTANCE_WEIGHT * apart.sum(1) + 1 - iou(said, wanted)


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
