"""How sure a map of centers is of the objects that were found in it."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .peaks import local_maxima


def sure_centers(
    logits: Float[Tensor, "batch classes rows columns"], thresholds: Float[Tensor, " classes"]
) -> Bool[Tensor, "batch classes rows columns"]:
    """Where the centers of objects are that are told; of an image without any, the surest cell.

    Parameters:
        logits: of each cell to be the center of an object of each class.
        thresholds: the score from which an object of each class is told.
    """
    heat = logits.sigmoid()
    sure = local_maxima(heat) & (heat >= thresholds.to(heat)[:, None, None])
    rows = logits.flatten(1)
    surest = torch.zeros_like(rows, dtype=torch.bool).scatter_(1, rows.argmax(1, True), True)
    none = ~sure.flatten(1).any(1)
    return sure | (surest.view_as(sure) & none[:, None, None, None])
