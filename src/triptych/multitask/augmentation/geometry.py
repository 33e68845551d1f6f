"""Mirror, turn, scale and move images, and their targets with them.

Each image goes through one similarity transform and is resampled once. Circles stay circles, for
nothing is sheared or stretched.
"""

import math
from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ...frame.rng import CounterRNG
from ..structures.batch import Batch
from .config import AugmentationConfig
from .follow import follow
from .limits import Outline, box_follows_mask, outline, present
from .similarity import Similarity, apply_linear, orthogonal
from .warp import warp

SLACK = 1e-5  # of a scale at its limit, so that rounding does not push a thing over the edge


def random_geometry(batch: Batch, config: AugmentationConfig, rng: CounterRNG) -> Batch:
    """Each image mirrored, turned, scaled and moved at random, with its targets.

    What has a box or a circle stays whole: scale and shift are drawn from what the image has room
    for. Of many objects some may leave the image. An image turns freely where its box can follow,
    that is where it has no box or its mask says where the box comes to lie; another is turned by
    quarters at most.

    Parameters:
        batch: images with their targets.
        config: how far.
        rng: one stream for each image.

    Raises ConfigError for a target that cannot follow.
    """
    turned = ~present(batch, "box") | box_follows_mask(batch)
    turned &= ~present(batch, "boxes")
    outlines = outline(batch, turned)
    similarity = random_similarity(batch, outlines, turned, config, rng)
    moved = warp(batch, similarity)
    targets = follow(batch, moved, similarity, turned, config.keypoint_pairs)
    return replace(moved, targets=targets)


def random_similarity(
    batch: Batch,
    outlines: Outline | None,
    turned: Bool[Tensor, " batch"],
    config: AugmentationConfig,
    rng: CounterRNG,
) -> Similarity:
    """A transform for each image that keeps the points of its outline in the image.

    Parameters:
        batch: the images.
        outlines: what must stay in each; None where nothing must.
        turned: which may be turned freely.
        config: how far.
        rng: one stream for each image.
    """
    height, width = batch.images.shape[2:]
    size = torch.tensor([width, height], dtype=torch.float32, device=batch.images.device)
    center = size / 2
    degrees = rng.uniform("augment rotate", low=-config.rotate, high=config.rotate)
    quarters = 1 + rng.integers("augment quarters", 3)
    rotation = orthogonal(
        degrees=torch.where(turned, degrees, 0.0),
        quarters=quarters * rng.bernoulli("augment quarter turns", config.quarter_turns),
        flip=rng.bernoulli("augment flip", config.flip),
        vertical_flip=rng.bernoulli("augment vertical flip", config.vertical_flip),
    )
    low, high = _extent(rotation, outlines, center)
    room = torch.where(high > low, size / (high - low), torch.inf).amin(1) * (1 - SLACK)
    most = math.log1p(config.scale)
    upper = room.log().clamp(max=most)
    lower = upper.clamp(max=-most)
    exponent = lower + rng.uniform("augment scale") * (upper - lower)
    scale = exponent.exp()
    low, high = center + low * scale[:, None], center + high * scale[:, None]
    shift = _shift(-low, size - high, config.translate * size, rng)
    linear = rotation * scale[:, None, None]
    offset = center - apply_linear(linear, center.expand(len(scale), 1, 2))[:, 0] + shift
    return Similarity(linear, offset, scale)


def _extent(
    rotation: Float[Tensor, "batch 2 2"], outlines: Outline | None, center: Float[Tensor, "2"]
) -> tuple[Float[Tensor, "batch 2"], Float[Tensor, "batch 2"]]:
    """The least and the greatest x, y of each turned outline, from the center of the image; from
    infinity to minus infinity where nothing must stay."""
    if outlines is None:
        nothing = torch.full_like(rotation[:, 0], torch.inf)
        return nothing, -nothing
    points = apply_linear(rotation, outlines.points - center)
    counts = outlines.counts[..., None]
    low = torch.where(counts, points, torch.inf).amin(1)
    high = torch.where(counts, points, -torch.inf).amax(1)
    return low, high


def _shift(
    least: Float[Tensor, "batch 2"],
    greatest: Float[Tensor, "batch 2"],
    wanted: Float[Tensor, "2"],
    rng: CounterRNG,
) -> Float[Tensor, "batch 2"]:
    """A shift of up to `wanted` each way, of those between `least` and `greatest`; where they are
    farther than that, the nearest of them."""
    low = torch.minimum(torch.maximum(-wanted, least), greatest)
    high = torch.maximum(torch.minimum(wanted, greatest), low)
    return low + rng.uniform("augment translate", 2) * (high - low)
