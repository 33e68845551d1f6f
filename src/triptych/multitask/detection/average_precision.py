"""Average precision from scores, and whether each object was right."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

RECALLS = 101  # points at which the precision is read: 0, 0.01 … 1


def average_precision(
    scores: Float[Tensor, " found"],
    right: Bool[Tensor, "found thresholds"],
    ignored: Bool[Tensor, "found thresholds"],
    to_find: int,
) -> Float[Tensor, " thresholds"]:
    """The mean precision over 101 recalls, each the best precision at that recall or a higher one
    (COCO, Lin et al. 2014).

    Parameters:
        scores: of all objects of one class that were found, in all images.
        right: whether each is right, at each overlap that is demanded.
        ignored: whether each is neither right nor wrong.
        to_find: how many objects of the class there are; above 0.
    """
    order = scores.argsort(descending=True, stable=True)
    right, ignored = right[order], ignored[order]
    hits = right.double().cumsum(0)
    wrong = (~right & ~ignored).double().cumsum(0)
    recall = hits / to_find
    precision = hits / (hits + wrong).clamp(min=1)
    best = precision.flip(0).cummax(0).values.flip(0) if len(order) else precision
    levels = torch.linspace(0, 1, RECALLS, dtype=torch.float64, device=scores.device)
    levels = levels.expand(right.shape[1], -1).contiguous()
    place = torch.searchsorted(recall.T.contiguous(), levels)
    nothing = torch.zeros(1, right.shape[1], dtype=best.dtype, device=best.device)
    return torch.cat([best, nothing]).T.gather(1, place).mean(1).float()
