"""Batch: what is really in a set of images, as a struct of arrays."""

from dataclasses import dataclass, fields, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """B images and the truth about them; what a dataset does not know is None.

    Pixel values are 0 … 1. Boxes (left, top, right, bottom) and circles (x, y, radius) are in
    pixels of the image, y down, pixel i covering i to i + 1. `semantic` holds a class number per
    pixel, 0 for background. `indices` number the images within their split.
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
        held = {name: value for name, value in vars(self).items() if value is not None}
        return replace(self, **{name: value.to(device) for name, value in held.items()})

    def truths(self) -> tuple[str, ...]:
        """The names of the truths this batch holds."""
        known = [field.name for field in fields(self)][2:]
        return tuple(name for name in known if getattr(self, name) is not None)
