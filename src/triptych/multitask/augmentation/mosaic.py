"""Four images of a batch in one, each at half its size.

After the mosaic of Bochkovskiy et al. 2020 (YOLOv4). Here the four meet in the middle, and the
geometry that comes after moves and scales the whole.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Int, Shaped
from torch import Tensor

from ...frame.rng import CounterRNG
from ..structures.batch import Batch, Target
from .config import AugmentationConfig
from .limits import present
from .objects import OBJECT_TARGETS, tile_objects
from .warp import UNKNOWN, is_map, is_mask


def random_mosaic(batch: Batch, config: AugmentationConfig, rng: CounterRNG) -> Batch:
    """Some images become four: their own and three others of the batch, each at half its size.

    Masks and class maps become those of the four; a part of which none is known does not count, and
    a mask of bool, which cannot say so, is absent where one of the four is. So are boxes and
    circles of many objects. All other targets are absent: they are about one thing, and here are
    four. A batch of one image stays as it is.

    Parameters:
        batch: images with their targets.
        config: how many.
        rng: one stream for each image.
    """
    count = len(batch)
    rows = rng.bernoulli("augment mosaic", config.mosaic).nonzero()[:, 0]
    if count < 2 or not len(rows):
        return batch
    others = 1 + rng.integers("augment mosaic others", count - 1, 3)[rows]
    four = torch.cat([rows[:, None], (rows[:, None] + others) % count], 1)
    order = (
        torch.arange(4, device=rows.device) + rng.integers("augment mosaic place", 4)[rows, None]
    )
    four = four.gather(1, order % 4)
    images = batch.images.index_copy(0, rows, _assemble(_half(batch.images), four, batch))
    targets = {name: _target(name, batch, rows, four) for name in batch.targets}
    return replace(batch, images=images, targets=targets)


def _target(
    name: str, batch: Batch, rows: Int[Tensor, " some"], four: Int[Tensor, "some 4"]
) -> Target:
    """A target of the batch after `rows` have become mosaics of `four`."""
    values, known = batch[name], present(batch, name).clone()
    if name in OBJECT_TARGETS:
        size = batch.images.shape[2], batch.images.shape[3]
        parts = known[four].all(1)
        known[rows] = parts
        return Target(tile_objects(name, values, rows, four, size), known)
    if not is_map(values, batch):
        known[rows] = False
        return Target(values, known)
    tiles = _assemble(_half_map(values, known), four, batch)
    parts = known[four]
    known[rows] = parts.all(1) if values.dtype == torch.bool else parts.any(1)
    return Target(values.index_copy(0, rows, tiles), known)


def _half(images: Tensor) -> Tensor:
    """Each pixel the mean of the four it stands for; an odd last row stands for itself."""
    return F.avg_pool2d(images, 2, ceil_mode=True, count_include_pad=False)


def _half_map(
    values: Shaped[Tensor, "batch height width"], known: Bool[Tensor, " batch"]
) -> Shaped[Tensor, "batch rows columns"]:
    """A mask where half of the pixels are in it, a class map at one of the four pixels."""
    nearest = values[:, ::2, ::2]
    if is_mask(values):
        covered = _half((values == 1)[:, None].float())[:, 0] >= 0.5
        if values.dtype == torch.bool:
            return covered
        nearest = torch.where(nearest == UNKNOWN, nearest, covered.to(values.dtype))
    return torch.where(known[:, None, None], nearest, UNKNOWN)


def _assemble(
    halves: Shaped[Tensor, "batch *channels rows columns"],
    four: Int[Tensor, "some 4"],
    batch: Batch,
) -> Shaped[Tensor, "some *channels height width"]:
    """Left upper, right upper, left lower and right lower quarter."""
    height, width = batch.images.shape[2:]
    quarters = [halves[tile] for tile in four.unbind(1)]
    upper, lower = (torch.cat(pair, -1)[..., :width] for pair in (quarters[:2], quarters[2:]))
    return torch.cat([upper, lower], -2)[..., :height, :]
