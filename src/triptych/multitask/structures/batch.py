"""Batch: images and what is known of them, as a struct of arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Target:
    """One target of a batch: what is true of each image, where it is known.

    Parameters:
        values: a row an image. Rows of images that do not have the target hold anything.
        present: which images have it; None where all do.
    """

    values: Tensor
    present: Bool[Tensor, " batch"] | None = None

    def select(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """The rows of the images that have the target, of tensors with a row an image.

        They are the tensors themselves where all images have it.
        """
        return tensors if self.present is None else tuple(rows[self.present] for rows in tensors)

    def both(self, other: "Target") -> "Target":
        """This target, of the images that have the other one too."""
        masks = [mask for mask in (self.present, other.present) if mask is not None]
        return Target(self.values, torch.stack(masks).all(0) if masks else None)

    def count(self) -> int:
        """How many images have it."""
        return len(self.values) if self.present is None else int(self.present.sum())

    def to(self, device: torch.device) -> "Target":
        """The same target on another device."""
        present = None if self.present is None else self.present.to(device)
        return Target(self.values.to(device), present)


@dataclass(frozen=True)
class Batch:
    """B images and their targets by name; a target may be known of some of the images only.

    These names are used by the built-in datasets and heads; coordinates are in pixels of the image,
    y down, pixel i covering i to i + 1:

    | target | values | |
    |---|---|---|
    | label, attribute | int64 (batch,) | class number |
    | box | float32 (batch, 4) | left, top, right, bottom |
    | circle | float32 (batch, 3) | x, y, radius |
    | mask | bool (batch, height, width) | foreground |
    | boxes | float32 (batch, objects, 6) | as `ObjectRows` of boxes |
    | circles | float32 (batch, objects, 5) | as `ObjectRows` of circles |
    | semantic | int64 (batch, height, width) | class number of each pixel, 0 for background |

    Any other name is as good, for a dataset and a head that both know it.

    Parameters:
        images: pixel values, 0 … 1.
        indices: the images' numbers within their split.
        targets: by name.

    >>> batch = Batch.of(torch.zeros(2, 1, 8, 8), torch.arange(2), label=torch.tensor([3, 7]))
    >>> batch["label"].tolist(), batch.target_names()
    ([3, 7], ('label',))
    """

    images: Float[Tensor, "batch channels height width"]
    indices: Int[Tensor, " batch"]
    targets: Mapping[str, Target] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        images: Float[Tensor, "batch channels height width"],
        indices: Int[Tensor, " batch"],
        **targets: Tensor | Target | None,
    ) -> "Batch":
        """A batch from its targets by keyword.

        Parameters:
            images: 0 … 1.
            indices: of the images in their split.
            targets: by name, each with a row for each image: a tensor is known of all images, a
                `Target` of those it says; None is left out.

        Raises ValueError for a target that has not a row for each image.
        """
        known = {
            name: value if isinstance(value, Target) else Target(value)
            for name, value in targets.items()
            if value is not None
        }
        for name, target in known.items():
            rows = {len(target.values), len(images if target.present is None else target.present)}
            if rows != {len(images)}:
                raise ValueError(
                    f"Expected a row of '{name}' for each of {len(images)} images, got "
                    f"{len(target.values)}."
                )
        return cls(images, indices, known)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, name: str) -> Tensor:
        """The values of a target, a row an image. Raises KeyError where the batch has none."""
        return self.targets[name].values

    def __contains__(self, name: object) -> bool:
        return name in self.targets

    def select(self, rows: Tensor) -> "Batch":
        """Some of the images with their targets.

        Parameters:
            rows: their places in the batch, or a mask of them.
        """
        targets = {
            name: Target(t.values[rows], None if t.present is None else t.present[rows])
            for name, t in self.targets.items()
        }
        return Batch(self.images[rows], self.indices[rows], targets)

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device; itself where it is there. (Lightning moves batches by
        this name.)"""
        if self.images.device == device:
            return self
        targets = {name: target.to(device) for name, target in self.targets.items()}
        return Batch(self.images.to(device), self.indices.to(device), targets)

    def target_names(self) -> tuple[str, ...]:
        """The names of the targets that at least one image may have."""
        return tuple(self.targets)
