"""The batches of a step that adds up the gradients of several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

from ..structures.batch import Batch


@dataclass(frozen=True)
class StepBatch(Batch):
    """One of the batches of a step, which knows how many images of all of them have each target:
    so losses are means over the images of the step, as of one large batch.

    Parameters:
        images: of this batch, 0 … 1.
        indices: of its images in their split.
        targets: of its images, by name.
        batches: in the step.
        known: images of the step that have each target, by its name.
    """

    batches: int = 1
    known: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_step(cls, batches: Sequence[Batch]) -> Iterator["StepBatch"]:
        """Each of the batches of one step.

        Parameters:
            batches: all of them; a target that one of them lacks is known of none of its images.
        """
        names = dict.fromkeys(name for batch in batches for name in batch.targets)
        known = {
            name: sum(batch.targets[name].count() for batch in batches if name in batch)
            for name in names
        }
        for batch in batches:
            yield cls(batch.images, batch.indices, batch.targets, len(batches), known)

    def to(self, device: torch.device) -> "StepBatch":
        """The same batch on another device; itself where it is there."""
        moved = super().to(device)
        if moved is self:
            return self
        fields = {"images": moved.images, "indices": moved.indices, "targets": moved.targets}
        return replace(self, **fields)
