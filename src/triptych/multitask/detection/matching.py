"""Which objects that were found are right, as COCO decides it."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..structures.object_rows import ObjectRows
from .pairwise import ShapeGeometry, images_within_memory, pairwise_containment, pairwise_iou

NO_ROW = -1


@dataclass(frozen=True)
class FoundObjects:
    """Objects that were found in each image of a batch, the surest first.

    Parameters:
        shapes: in pixels.
        classes: class numbers; −1 in rows that only fill up.
        scores: 0 … 1.
    """

    shapes: Float[Tensor, "batch objects numbers"]
    classes: Int[Tensor, "batch objects"]
    scores: Float[Tensor, "batch objects"]

    @property
    def present(self) -> Bool[Tensor, "batch objects"]:
        """Which rows hold an object."""
        return self.classes >= 0

    def cpu(self) -> "FoundObjects":
        """The same on the CPU."""
        return FoundObjects(self.shapes.cpu(), self.classes.cpu(), self.scores.cpu())

    def split(self, size: int) -> list["FoundObjects"]:
        """Parts of at most `size` images."""
        parts = (part.split(size) for part in (self.shapes, self.classes, self.scores))
        return [FoundObjects(*part) for part in zip(*parts)]


@dataclass(frozen=True)
class Matches:
    """What became of each object that was found, at each overlap that is demanded.

    Parameters:
        right: it is one that is to be found, and the first to be it.
        ignored: it lies on what does not count, so it is neither right nor wrong.
    """

    right: Bool[Tensor, "batch found thresholds"]
    ignored: Bool[Tensor, "batch found thresholds"]


def match_objects(
    found: FoundObjects,
    truth: ObjectRows,
    geometry: ShapeGeometry,
    thresholds: Float[Tensor, " thresholds"],
) -> Matches:
    """Match what was found with the truth, each image and each threshold on its own.

    The rule is COCO's (Lin et al. 2014): in the order of their scores each takes the object of its
    class that it overlaps most, of those not yet taken; what takes none but lies in an object that
    does not count is ignored.

    Parameters:
        found: the surest first.
        truth: of the same images.
        geometry: of the kind of shape.
        thresholds: the least overlap that is demanded.
    """
    at_once = images_within_memory(found.classes.shape[1], truth.classes.shape[1])
    parts = zip(found.split(at_once), truth.split(at_once))
    matches = [_match(one, other, geometry, thresholds) for one, other in parts]
    return Matches(
        torch.cat([one.right for one in matches]), torch.cat([one.ignored for one in matches])
    )


def _match(
    found: FoundObjects,
    truth: ObjectRows,
    geometry: ShapeGeometry,
    thresholds: Float[Tensor, " thresholds"],
) -> Matches:
    same = found.classes[:, :, None] == truth.classes[:, None]
    shapes = found.shapes.float(), truth.shapes.float()
    overlap = pairwise_iou(geometry.iou, *shapes)
    overlap = overlap.masked_fill(~(same & truth.to_find[:, None]), -1.0)
    inside = pairwise_containment(geometry, *shapes)
    inside = inside.masked_fill(~(same & (truth.present & ~truth.counts)[:, None]), -1.0)
    batch, count, objects = overlap.shape
    right = torch.zeros(batch, count, len(thresholds), dtype=torch.bool, device=found.shapes.device)
    if not objects:
        return Matches(right, torch.zeros_like(right))
    free = torch.ones_like(right[:, 0])[:, None].expand(-1, objects, -1).clone()
    for number in range(count):
        open_ = torch.where(free, overlap[:, number, :, None], -1.0)
        best, which = open_.max(1, keepdim=True)
        takes = best >= thresholds
        right[:, number] = takes[:, 0]
        free.scatter_(1, which, free.gather(1, which) & ~takes)
    ignored = (inside.amax(2)[..., None] >= thresholds) & ~right
    return Matches(right & found.present[..., None], ignored & found.present[..., None])
