"""Whether what the heads say of an image can be true."""

from collections.abc import Mapping

from ..structures.annotations import Annotation, BinaryMask, ClassLabel


def is_implausible(
    annotations: Mapping[str, Annotation], novelty: float, limit: float = 1.0
) -> bool:
    """Whether an image, or a character found in one, is none of what the model learned: it is
    unlike all of it, or a thing is named that has not a pixel.

    Parameters:
        annotations: what each head says of it.
        novelty: how unlike the images it learned it is, above 1 for 1 % of held-out ones.
        limit: of novelty, above which an image is not believed.
    """
    return novelty > limit or _contradict(annotations)


def _contradict(annotations: Mapping[str, Annotation]) -> bool:
    masks = [one for one in annotations.values() if isinstance(one, BinaryMask)]
    named = any(isinstance(one, ClassLabel) for one in annotations.values())
    return named and any(not mask.pixels.any() for mask in masks)
