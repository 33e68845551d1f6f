"""Non-maximum suppression of all images of a batch at once, on their device."""

from itertools import count

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ...frame.training.devices import is_exporting
from .pairwise import Overlap, images_within_memory, pairwise_iou

EXPORTED_ROUNDS = 32  # of a graph, which has no loop of open length: longer chains were never seen


def non_maximum_suppression(
    shapes: Float[Tensor, "batch objects numbers"],
    classes: Int[Tensor, "batch objects"],
    valid: Bool[Tensor, "batch objects"],
    *,
    iou: Overlap,
    threshold: float,
) -> Bool[Tensor, "batch objects"]:
    """Which objects stay: those that overlap no surer one of their class that stays.

    It is the greedy rule, computed for all objects in parallel: whether an object stays is settled
    as soon as all surer ones that overlap it are, so the rounds are as many as the longest chain of
    overlaps.

    Parameters:
        shapes: of each image, the surest first.
        classes: class numbers; objects of two classes never suppress each other.
        valid: which rows hold an object.
        iou: overlap of pairs.
        threshold: of the overlap, above which two are the same object.
    """
    if is_exporting():
        return _suppress(shapes, classes, valid, iou, threshold, rounds=EXPORTED_ROUNDS)
    at_once = images_within_memory(shapes.shape[1], shapes.shape[1])
    parts = zip(*(rows.split(at_once) for rows in (shapes, classes, valid)), strict=True)
    return torch.cat([_suppress(some, kinds, here, iou, threshold) for some, kinds, here in parts])


def _suppress(
    shapes: Float[Tensor, "batch objects numbers"],
    classes: Int[Tensor, "batch objects"],
    valid: Bool[Tensor, "batch objects"],
    iou: Overlap,
    threshold: float,
    rounds: int | None = None,
) -> Bool[Tensor, "batch objects"]:
    overlap = pairwise_iou(iou, shapes, shapes) > threshold
    same = classes[:, :, None] == classes[:, None]
    both = valid[:, :, None] & valid[:, None]
    earlier = torch.ones_like(overlap[0]).triu(1)  # [i, j]: i is surer than j
    suppresses = (overlap & same & both & earlier).float()
    kept = present = valid[:, None].float()
    for _ in count() if rounds is None else range(rounds):
        after = (present - kept @ suppresses).relu()  # 1 for what nothing kept suppresses, else 0
        if rounds is None and torch.equal(after, kept):
            break
        kept = after
    return kept[:, 0] > 0
