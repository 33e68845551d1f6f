"""Cutouts with their masks, boxes and circles, on the device that makes batches of them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from ..structures.geometry import mask_to_box, mask_to_circle
from .otsu import otsu_mask
from .source import Cutouts


@dataclass(frozen=True)
class CutoutBank:
    """Cutouts with everything that is true of them, computed once.

    Parameters:
        images: color, 0 … 255; of grey ink its brightness.
        alpha: opacity, 0 … 255.
        label: class numbers.
        mask: where the thing is: alpha above one half, or above Otsu's threshold.
        box: tight box of the mask, (left, top, right, bottom) in pixels, y down.
        circle: smallest enclosing circle of the mask, (x, y, radius) in pixels; None where the
            dataset needs no circles, for they take long to compute.
    """

    images: UInt8[Tensor, "count channels height width"]
    alpha: UInt8[Tensor, "count height width"]
    label: Int[Tensor, " count"]
    mask: Bool[Tensor, "count height width"]
    box: Float[Tensor, "count 4"]
    circle: Float[Tensor, "count 3"] | None

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def from_cutouts(cls, cutouts: Cutouts, *, circles: bool) -> "CutoutBank":
        """Compute masks and boxes of cutouts, and enclosing circles too if `circles`.

        Parameters:
            cutouts: of a source.
            circles: compute enclosing circles too, which takes longest.
        """
        images = cutouts.images
        alpha = images[:, 0] if cutouts.alpha is None else cutouts.alpha
        mask = otsu_mask(images[:, 0]) if cutouts.alpha is None else alpha > 127
        circle = mask_to_circle(mask) if circles else None
        return cls(images, alpha, cutouts.labels.long(), mask, mask_to_box(mask), circle)

    def subset(self, indices: Int[Tensor, " some"]) -> "CutoutBank":
        """Some of the cutouts, in the order of `indices`."""
        return self._map(lambda values: values[indices])

    def joined(self, other: "CutoutBank") -> "CutoutBank":
        """These cutouts and then those of another bank, of the same size and classes."""
        fields = ("images", "alpha", "label", "mask", "box")
        tensors = (torch.cat([getattr(self, name), getattr(other, name)]) for name in fields)
        circle = None
        if self.circle is not None and other.circle is not None:
            circle = torch.cat([self.circle, other.circle])
        return CutoutBank(*tensors, circle=circle)

    def to(self, device: torch.device) -> "CutoutBank":
        """The same bank on another device."""
        return self._map(lambda values: values.to(device))

    def _map(self, change: Callable[[Tensor], Tensor]) -> "CutoutBank":
        circle = None if self.circle is None else change(self.circle)
        tensors = (self.images, self.alpha, self.label, self.mask, self.box)
        return CutoutBank(*map(change, tensors), circle=circle)
