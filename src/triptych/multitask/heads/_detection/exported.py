"""What the heads that find objects answer in exported files."""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ...answers.answer import Answer
from ...detection.matching import FoundObjects
from ...structures.uncertainty import NOTHING_DETECTED

Place = Callable[[Float[Tensor, "*many numbers"]], Float[Tensor, "*many numbers"]]
Choose = Callable[[FoundObjects], Bool[Tensor, "batch objects"]]


def ranked_answer(
    kind: Literal["boxes", "circles"], found: FoundObjects, is_sure: Choose, place: Place
) -> Answer:
    """All objects that were found, doubtful ones too, the surest first; it doubts as
    `uncertainty_of` does.

    Parameters:
        kind: of the answer.
        found: in pixels of the canvas.
        is_sure: which of them are told.
        place: brings shapes into pixels of the image.
    """
    order = found.scores.topk(found.scores.shape[1]).indices
    shapes = found.shapes.gather(1, order[..., None].expand_as(found.shapes))
    ranked = FoundObjects(shapes, found.classes.gather(1, order), found.scores.gather(1, order))
    sure = is_sure(ranked)
    count = sure.float().sum(1)
    doubts = ((1 - (2 * ranked.scores - 1).abs()) * sure).sum(1) / count.clamp(min=1)
    doubt = torch.where(count > 0, doubts, NOTHING_DETECTED)
    placed = place(ranked.shapes) * ranked.present[..., None]
    return Answer.of(kind, placed, ranked.classes, ranked.scores, sure, doubt=doubt)


def pack_objects(parts: Mapping[str, Tensor]) -> Float[Tensor, "batch objects columns"]:
    """An answer as one tensor: the numbers of each shape, its class and its score.

    Parameters:
        parts: of the answer, by name.
    """
    rows = parts[""], parts["classes"][..., None], parts["scores"][..., None]
    return torch.cat([row.float() for row in rows], 2)


def unpack_objects(packed: Float[Tensor, "batch objects columns"]) -> FoundObjects:
    """The objects of `pack_objects`.

    Parameters:
        packed: what it gave.
    """
    return FoundObjects(packed[..., :-2], packed[..., -2].long(), packed[..., -1])
