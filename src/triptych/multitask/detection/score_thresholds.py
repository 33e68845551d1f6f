"""From which score on an object is told."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from ..structures.object_rows import ObjectRows
from .matching import FoundObjects, match_objects
from .pairwise import ShapeGeometry

DetectionEvidence = tuple[FoundObjects, ObjectRows]
"""What was found in some images, and what is there."""

OVERLAP = 0.5  # with what does not count, from which on an object is ignored


def break_even_scores(
    pairs: Iterable[DetectionEvidence],
    geometry: ShapeGeometry,
    classes: int,
    *,
    least: float,
) -> Float[Tensor, " classes"]:
    """For each class the score at which as many objects are told as there are: there precision
    equals recall, and counts are right in the mean. NaN for a class of which there are none.

    Parameters:
        pairs: of images, on the CPU.
        geometry: of the kind of shape.
        classes: how many there are.
        least: the score below which nothing was looked for.
    """
    scores, numbers = [torch.zeros(0)], [torch.zeros(0, dtype=torch.long)]
    there = torch.zeros(classes, dtype=torch.long)
    for found, truth in pairs:
        ignored = match_objects(found, truth, geometry, torch.tensor([OVERLAP])).ignored[..., 0]
        told = found.present & ~ignored
        scores.append(found.scores[told])
        numbers.append(found.classes[told])
        there += truth.classes[truth.to_find].bincount(minlength=classes)
    thresholds = torch.full((classes,), torch.nan)
    for number, count in enumerate(there.tolist()):
        if count:
            own = torch.cat(scores)[torch.cat(numbers) == number]
            ranked = torch.cat([own.sort(descending=True).values, torch.tensor([least])])
            thresholds[number] = ranked[: count + 1][-2:].mean()
    return thresholds
