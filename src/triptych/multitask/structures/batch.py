"""Batch: images and their targets, as a struct of arrays."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """B images and what is true of them; a target that the dataset does not have is None.

    Coordinates are in pixels of the image, x to the right, y down; pixel i covers i to i + 1.

    Parameters:
        images: values 0 … 1.
        indices: numbers of the images within their split.
        label: class numbers.
        attribute: numbers of a second, independent class.
        box: (left, top, right, bottom).
        circle: (x, y, radius).
        mask: true in the foreground.
        semantic: a class number per pixel, 0 for the background.
    """

    images: Float[Tensor, "batch channels height width"]
    indices: Int[Tensor, " batch"]
    label: Int[Tensor, " batch"] | None = None
    attribute: Int[Tensor, " batch"] | None = None
    box: Float[Tensor, "batch 4"] | None = None
    circle: Float[Tensor, "batch 3"] | None = None
    mask: Bool[Tensor, "batch height width"] | None = None
    semantic: Int[Tensor, "batch height width"] | None = None

    def __len__(self) -> int:
        return len(self.images)

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device. (Lightning moves batches by this name.)"""
        if device == self.images.device:
            return self
        tensors = {name: value for name, value in vars(self).items() if value is not None}
        return Batch(**{name: tensor.to(device) for name, tensor in tensors.items()})

    def target_names(self) -> tuple[str, ...]:
        """The names of the targets this batch has."""
        names = [field.name for field in fields(self)][2:]
        return tuple(name for name in names if getattr(self, name) is not None)
