"""What must stay in the image: the points around the thing that its targets are about."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ..structures.batch import Batch
from ..structures.geometry import mask_to_box

CORNERS = 32  # of the polygon around a circle: half a hundredth wider than it
SAME_BOX = 1.5  # pixels by which the sides of a box may differ from those of its mask


@dataclass(frozen=True)
class Outline:
    """Points around the thing in each image, of which those that count stay in the image.

    Parameters:
        points: x, y in pixels.
        counts: which of them are of the thing; none where nothing must stay.
    """

    points: Float[Tensor, "batch count 2"]
    counts: Bool[Tensor, "batch count"]


def present(batch: Batch, name: str) -> Bool[Tensor, " batch"]:
    """Which images have a target; none where the batch does not know it.

    Parameters:
        batch: images with their targets.
        name: of the target.
    """
    if name not in batch:
        return torch.zeros_like(batch.indices, dtype=torch.bool)
    known = batch.targets[name].present
    return known if known is not None else torch.ones_like(batch.indices, dtype=torch.bool)


def foreground(batch: Batch) -> Bool[Tensor, "batch height width"]:
    """The pixels that are known to belong to the mask.

    Parameters:
        batch: with masks.
    """
    return batch["mask"] == 1


def box_follows_mask(batch: Batch) -> Bool[Tensor, " batch"]:
    """Which images have a box that is the tight box of their mask: those can turn freely, for the
    box is found again from the turned mask."""
    both = present(batch, "box") & present(batch, "mask")
    if "box" not in batch or "mask" not in batch:
        return both
    pixels = foreground(batch)
    apart = (batch["box"] - mask_to_box(pixels)).abs().amax(1)
    return both & (apart <= SAME_BOX) & pixels.flatten(1).any(1)


def box_corners(box: Float[Tensor, "batch 4"]) -> Float[Tensor, "batch 4 2"]:
    """The corners of boxes, clockwise from the left upper one.

    Parameters:
        box: left, top, right, bottom.
    """
    return box[:, [0, 1, 2, 1, 2, 3, 0, 3]].view(-1, 4, 2)


def outline(batch: Batch, turned: Bool[Tensor, " batch"]) -> Outline | None:
    """The points that must stay in the image; None where no target asks for any.

    They are the corners of the box, the pixels of the mask where there is a box or a circle, the
    circle where there is nothing else, and the keypoints; a mask by itself may be cut.

    Parameters:
        batch: images with their targets.
        turned: whose boxes are found again from the mask, so that their corners mean nothing.
    """
    boxed, circled = present(batch, "box"), present(batch, "circle")
    masked = present(batch, "mask") & (boxed | circled)
    parts: list[tuple[Tensor, Tensor]] = []
    if "box" in batch:
        parts.append((box_corners(batch["box"]), (boxed & ~turned)[:, None].expand(-1, 4)))
    if "mask" in batch and ("box" in batch or "circle" in batch):
        points, used = _row_ends(foreground(batch))
        masked = masked & used.any(1)
        parts.append((points, used & masked[:, None]))
    if "circle" in batch:
        alone = circled & ~boxed & ~masked
        parts.append((_around(batch["circle"]), alone[:, None].expand(-1, CORNERS)))
    if "keypoints" in batch:
        keypoints = batch["keypoints"]
        labelled = (keypoints[..., 2] > 0) & _inside(keypoints[..., :2], batch)
        parts.append((keypoints[..., :2], labelled & present(batch, "keypoints")[:, None]))
    if not parts:
        return None
    points, counts = (torch.cat(tensors, 1) for tensors in zip(*parts))
    return Outline(points.clamp(min=0).minimum(_corner(batch)), counts)


def _corner(batch: Batch) -> Float[Tensor, "2"]:
    """The right lower corner of the images: x, y."""
    height, width = batch.images.shape[2:]
    return torch.tensor([width, height], dtype=torch.float32, device=batch.images.device)


def _inside(points: Float[Tensor, "batch count 2"], batch: Batch) -> Bool[Tensor, "batch count"]:
    return ((points >= 0) & (points <= _corner(batch))).all(2)


def _row_ends(
    masks: Bool[Tensor, "batch height width"],
) -> tuple[Float[Tensor, "batch points 2"], Bool[Tensor, "batch points"]]:
    """The outer corners of the first and last pixel of each row, and which rows have pixels."""
    pixels = masks.byte()
    left = pixels.argmax(2)
    right = masks.shape[2] - pixels.flip(2).argmax(2)
    top = torch.arange(masks.shape[1], device=masks.device).expand_as(left)
    ends = [(left, top), (right, top), (left, top + 1), (right, top + 1)]
    points = torch.cat([torch.stack(end, 2) for end in ends], 1).float()
    return points, masks.any(2).repeat(1, 4)


def _around(circles: Float[Tensor, "batch 3"]) -> Float[Tensor, "batch corners 2"]:
    """The corners of a polygon around each circle."""
    angle = torch.arange(CORNERS, device=circles.device) * (2 * torch.pi / CORNERS)
    directions = torch.stack([angle.cos(), angle.sin()], 1)
    radius = circles[:, 2] / torch.cos(torch.tensor(torch.pi / CORNERS))
    return circles[:, None, :2] + radius[:, None, None] * directions
