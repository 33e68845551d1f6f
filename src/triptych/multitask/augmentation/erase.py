"""Paint a rectangle over an image, so that no single part of a thing decides.

After Zhong et al. 2020, "Random Erasing Data Augmentation"; here a thing that has a box or a circle
is never hidden by more than a share.

Targets do not change: the class, the box and the circle are those of a thing half of which is
behind something, and whoever looks at it must say so all the same. A mask too means the whole
thing: the network learns to complete what the rest shows. Keypoints keep their places.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.rng import CounterRNG
from ..structures.batch import Batch
from .config import AugmentationConfig
from .limits import present
from .objects import OBJECT_TARGETS
from .photometric import random_bytes

MIN_AREA = 0.02  # of the image, as in the paper
MAX_ASPECT = 10 / 3  # height to width, or width to height, as in the paper
MAX_HIDDEN = 0.4  # of the area of a thing's box


def random_erase(
    batch: Batch, config: AugmentationConfig, rng: CounterRNG
) -> Float[Tensor, "batch channels height width"]:
    """The images, some of them with a rectangle of noise or of their mean color; not those of
    which many objects are known, of which it might hide one.

    Parameters:
        batch: images 0 … 1 with their targets.
        config: how many, and the largest area.
        rng: one stream for each image.
    """
    wanted = rng.bernoulli("augment erase", config.erase)
    for name in OBJECT_TARGETS:
        wanted &= ~present(batch, name)
    rows = wanted.nonzero()[:, 0]
    if not len(rows):
        return batch.images
    whole, batch, rng = batch.images, batch.select(rows), rng.subset(rows)
    images = batch.images
    left, top, right, bottom = random_rectangle(batch, config.erase_area, rng).unbind(1)
    x = torch.arange(images.shape[3], device=images.device) + 0.5
    y = torch.arange(images.shape[2], device=images.device) + 0.5
    across = (x >= left[:, None]) & (x < right[:, None])
    down = (y >= top[:, None]) & (y < bottom[:, None])
    paint = torch.where(
        rng.bernoulli("augment erase with noise", 0.5)[:, None, None, None],
        random_bytes("augment erase noise", images, rng) / 255,
        images.mean((2, 3), keepdim=True),
    )
    painted = torch.where((down[:, :, None] & across[:, None, :])[:, None], paint, images)
    return whole.index_copy(0, rows, painted)


def random_rectangle(batch: Batch, max_area: float, rng: CounterRNG) -> Float[Tensor, "batch 4"]:
    """A rectangle in each image: left, top, right, bottom in pixels.

    Where it would hide too much of the thing it is made smaller about its center.

    Parameters:
        batch: images with their targets.
        max_area: share of the image.
        rng: one stream for each image.
    """
    height, width = batch.images.shape[2:]
    size = torch.tensor([width, height], dtype=torch.float32, device=batch.images.device)
    share = rng.uniform("augment erase area", low=min(MIN_AREA, max_area), high=max_area)
    limit = math.log(MAX_ASPECT)
    aspect = rng.uniform("augment erase aspect", low=-limit, high=limit).exp()
    area = share * (height * width)
    sides = torch.stack([(area / aspect).sqrt(), (area * aspect).sqrt()], 1).minimum(size)
    corner = rng.uniform("augment erase place", 2) * (size - sides)
    things = _things(batch)
    overlap = (
        (torch.minimum(corner + sides, things[:, 2:]) - torch.maximum(corner, things[:, :2]))
        .clamp(min=0)
        .prod(1)
    )
    allowed = MAX_HIDDEN * (things[:, 2:] - things[:, :2]).clamp(min=0).prod(1)
    # at most the whole rectangle lies on the thing: of this area, it cannot hide too much
    shrink = torch.where(overlap > allowed, (allowed / sides.prod(1)).sqrt(), 1.0)[:, None]
    center, half = corner + sides / 2, sides * shrink / 2
    return torch.cat([center - half, center + half], 1)


def _things(batch: Batch) -> Float[Tensor, "batch 4"]:
    """The box of the thing in each image, by its box or else its circle; where it has neither, a
    box beside the image."""
    things = torch.tensor([-1.0, -1.0, 0.0, 0.0], device=batch.images.device)
    things = things.expand(len(batch), 4)
    if "circle" in batch:
        center, radius = batch["circle"].split([2, 1], 1)
        around = torch.cat([center - radius, center + radius], 1)
        things = torch.where(present(batch, "circle")[:, None], around, things)
    if "box" in batch:
        things = torch.where(present(batch, "box")[:, None], batch["box"], things)
    return things
