"""How sure a map of centers is of the objects that were found in it."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def sure_centers(
    logits: Float[Tensor, "batch classes rows columns"], thresholds: Float[Tensor, " classes"]
) -> Bool[Tensor, "batch classes rows columns"]:
    """Where the centers of objects are that are told; of an image without any, the surest cell.

    Parameters:
        logits: of each cell to be the center of an object of each class.
        thresholds: the score from which an object of each class is told.
    """
    heat = logits.sigmoid()
    peaks = heat == F.max_pool2d(heat, 3, 1, padding=1)
    sure = peaks & (heat >= thresholds.to(heat)[:, None, None])
    rows = logits.flatten(1)
    surest = torch.zeros_like(rows, dtype=torch.bool).scatter_(1, rows.argmax(1, True), True)
    none = ~sure.flatten(1).any(1)
    return sure | (surest.view_as(sure) & none[:, None, None, None])
