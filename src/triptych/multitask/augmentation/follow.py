"""Targets that follow images through a similarity transform."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ...frame.errors import ConfigError
from ..structures.batch import Batch, Target
from ..structures.geometry import mask_to_box
from .limits import box_corners, foreground
from .objects import OBJECT_TARGETS, move_objects
from .similarity import Similarity
from .warp import is_map

KEYPOINT_SLACK = 1e-3  # pixels beyond the border that are rounding


def follow(
    batch: Batch,
    moved: Batch,
    similarity: Similarity,
    turned: Bool[Tensor, " batch"],
    keypoint_pairs: Sequence[tuple[int, int]] = (),
) -> Mapping[str, Target]:
    """All targets after a transform.

    Parameters:
        batch: before.
        moved: its images and maps after.
        similarity: where each image went.
        turned: whose boxes are those of their masks.
        keypoint_pairs: keypoints that change places in a mirror.

    Raises ConfigError for a target that it does not know how to move.
    """
    targets = dict(moved.targets)
    for name, target in batch.targets.items():
        values = target.values
        if name == "box":
            values = _boxes(batch, moved, similarity, turned)
        elif name == "circle":
            center = similarity.points(values[:, None, :2])[:, 0]
            values = torch.cat([center, values[:, 2:] * similarity.scale[:, None]], 1)
        elif name in OBJECT_TARGETS:
            values = move_objects(
                name, values, similarity, (batch.images.shape[2], batch.images.shape[3])
            )
        elif name == "keypoints":
            values = _keypoints(batch, similarity, keypoint_pairs)
        elif values.ndim > 1 and values.is_floating_point():
            raise ConfigError(
                f"Nobody knows how the target '{name}' follows an image that is moved. Set flip, "
                "vertical_flip, quarter_turns, rotate, scale and translate to 0."
            )
        elif is_map(values, batch):
            continue
        targets[name] = Target(values, target.present)
    return targets


def _boxes(
    batch: Batch, moved: Batch, similarity: Similarity, turned: Bool[Tensor, " batch"]
) -> Float[Tensor, "batch 4"]:
    """Exact where the box is not turned but by quarters, else that of the turned mask."""
    corners = similarity.points(box_corners(batch["box"]))
    height, width = batch.images.shape[2:]
    limit = torch.tensor([width, height] * 2, device=corners.device)
    boxes = torch.cat([corners.amin(1), corners.amax(1)], 1).clamp(min=0).minimum(limit)
    if "mask" not in batch:
        return boxes
    pixels = foreground(moved)
    # a mask of few pixels may fall between them all
    found = turned & pixels.flatten(1).any(1)
    return torch.where(found[:, None], mask_to_box(pixels), boxes)


def _keypoints(
    batch: Batch, similarity: Similarity, pairs: Sequence[tuple[int, int]]
) -> Float[Tensor, "batch keypoints 3"]:
    """Moved; those that leave the image are unlabelled."""
    keypoints = batch["keypoints"]
    count = keypoints.shape[1]
    order = torch.arange(count, device=keypoints.device)
    for first, second in pairs:
        if max(first, second) >= count:
            raise ConfigError(
                f"Expected keypoint_pairs of numbers below {count}, the number of keypoints, got "
                f"{max(first, second)}."
            )
        order[first], order[second] = second, first
    swapped = similarity.mirrored()[:, None, None]
    points = similarity.points(keypoints[..., :2])
    visibility = torch.where(_left(keypoints[..., :2], points, batch), 0.0, keypoints[..., 2])
    followed = torch.cat([points, visibility[..., None]], 2)
    return torch.where(swapped, followed[:, order], followed)


def _left(
    before: Float[Tensor, "batch keypoints 2"],
    after: Float[Tensor, "batch keypoints 2"],
    batch: Batch,
) -> Bool[Tensor, "batch keypoints"]:
    """Which points were in the image and are no longer."""
    height, width = batch.images.shape[2:]
    limit = torch.tensor([width, height], device=before.device) + KEYPOINT_SLACK
    was, still = (((p >= -KEYPOINT_SLACK) & (p <= limit)).all(2) for p in (before, after))
    return was & ~still
