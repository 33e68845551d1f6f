"""Non-maximum suppression of all images of a batch at once, on their device."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .pairwise import Overlap, images_within_memory, pairwise_iou


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
    at_once = images_within_memory(shapes.shape[1], shapes.shape[1])
    parts = zip(*(rows.split(at_once) for rows in (shapes, classes, valid)), strict=True)
    return torch.cat([_suppress(some, kinds, here, iou, threshold) for some, kinds, here in parts])


def _suppress(
    shapes: Float[Tensor, "batch objects numbers"],
    classes: Int[Tensor, "batch objects"],
    valid: Bool[Tensor, "batch objects"],
    iou: Overlap,
    threshold: float,
) -> Bool[Tensor, "batch objects"]:
    overlap = pairwise_iou(iou, shapes, shapes) > threshold
    same = classes[:, :, None] == classes[:, None]
    both = valid[:, :, None] & valid[:, None]
    earlier = torch.ones_like(overlap[0]).triu(1)  # [i, j]: i is surer than j
    suppresses = (overlap & same & both & earlier).float()
    kept = valid
    while True:
        suppressed = (kept[:, None].float() @ suppresses)[:, 0] > 0
        after = valid & ~suppressed
        if torch.equal(after, kept):
            return kept
        kept = after
