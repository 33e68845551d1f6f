"""Whether what the heads say of an image can be true, by itself and together."""

from collections.abc import Mapping

from ..structures.annotations import Annotation, BinaryMask, ClassLabel
from ..structures.info import NOTHING, DatasetInfo

STAIN = 1.3  # of novelty: no character; pens that nobody trained on reach 1.2


def is_implausible(
    annotations: Mapping[str, Annotation], novelty: float, info: DatasetInfo
) -> bool:
    """Whether an image, or a character found in one, is none of what the model learned.

    Parameters:
        annotations: what each head says of it.
        novelty: how unlike the images it learned it is, above 1 for 1 % of held-out ones.
        info: of the dataset that was learned.
    """
    limit = STAIN if info.input == "ink" else 1.0
    return novelty > limit or _is_nothing(annotations, info) or _contradict(annotations)


def _is_nothing(annotations: Mapping[str, Annotation], info: DatasetInfo) -> bool:
    """Whether a class head that learned to say so says that there is nothing to name."""
    return info.nothing and any(label.name == NOTHING for label in _labels(annotations))


def _contradict(annotations: Mapping[str, Annotation]) -> bool:
    """Whether a thing is named that has not a pixel."""
    masks = [one for one in annotations.values() if isinstance(one, BinaryMask)]
    return bool(_labels(annotations)) and any(not mask.pixels.any() for mask in masks)


def _labels(annotations: Mapping[str, Annotation]) -> list[ClassLabel]:
    return [one for one in annotations.values() if isinstance(one, ClassLabel)]
