"""ObjectRows: any number of objects in each image of a batch, as one tensor."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

NO_OBJECT = -1  # the class of a row that only fills up


@dataclass(frozen=True)
class ObjectRows:
    """The objects of B images, with as many rows an image as the fullest has.

    As the values of a target of a `Batch` it is one tensor, `to_tensor()`: the numbers of the
    shape, then the class, then 1 where the object counts, else 0.

    Parameters:
        shapes: in pixels: left, top, right, bottom of boxes; x, y, radius of circles.
        classes: class number of each; −1 in rows that only fill up.
        counts: whether it is to be found. What is a crowd, or difficult, neither has to be found
            nor is a mistake where it is.
    """

    shapes: Float[Tensor, "batch objects numbers"]
    classes: Int[Tensor, "batch objects"]
    counts: Bool[Tensor, "batch objects"]

    @classmethod
    def from_tensor(cls, values: Float[Tensor, "batch objects columns"]) -> "ObjectRows":
        """What `to_tensor` gave.

        Parameters:
            values: the numbers of the shape, class, and 1 where it counts.
        """
        return cls(values[..., :-2], values[..., -2].long(), values[..., -1] > 0)

    def to_tensor(self) -> Float[Tensor, "batch objects columns"]:
        """All in one tensor, ready for a `Target`."""
        columns = [self.classes[..., None], self.counts[..., None]]
        return torch.cat([self.shapes, *(column.to(self.shapes.dtype) for column in columns)], 2)

    def split(self, size: int) -> list["ObjectRows"]:
        """Parts of at most `size` images."""
        parts = (part.split(size) for part in (self.shapes, self.classes, self.counts))
        return [ObjectRows(*part) for part in zip(*parts)]

    @property
    def present(self) -> Bool[Tensor, "batch objects"]:
        """Which rows hold an object, whether it counts or not."""
        return self.classes != NO_OBJECT

    @property
    def to_find(self) -> Bool[Tensor, "batch objects"]:
        """Which rows hold an object that is to be found."""
        return self.present & self.counts
