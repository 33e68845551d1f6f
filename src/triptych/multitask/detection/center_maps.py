"""Maps of objects' centers to learn from, made on the device."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..structures.object_rows import ObjectRows

SPREAD = 0.54 / 3  # standard deviation of a center's bump, in half sides of the object (TTFNet)
MIN_SPREAD = 0.4  # cells
CELLS_AT_ONCE = 1 << 23  # of images × objects × cells: what is held in memory together
LEAST_BUMP = 0.2  # of the height of a bump, below which a cell does not learn the shape


@dataclass(frozen=True)
class CenterMaps:
    """What each cell of a map should say.

    Parameters:
        heat: 1 at the center of an object, falling off around it.
        owner: the row of the object whose shape a cell learns.
        weight: of the cell in the loss of the shape; 0 where it learns none.
        counts: whether a cell learns where there is nothing; not within what does not count.
    """

    heat: Float[Tensor, "batch classes rows columns"]
    owner: Int[Tensor, "batch rows columns"]
    weight: Float[Tensor, "batch rows columns"]
    counts: Bool[Tensor, "batch classes rows columns"]


def center_maps(
    truth: ObjectRows,
    centers: Float[Tensor, "batch objects 2"],
    half_sides: Float[Tensor, "batch objects 2"],
    *,
    classes: int,
    stride: int,
    size: tuple[int, int],
) -> CenterMaps:
    """A bump at the center of each object, as wide as the object is large.

    After CenterNet (Zhou et al. 2019); bumps follow both sides of the object as in TTFNet (Liu et
    al. 2020). The peak is the cell that holds the center. Where bumps overlap the higher one is
    the cell's.

    Parameters:
        truth: the objects.
        centers: x, y of each, in pixels.
        half_sides: half its width and height, in pixels.
        classes: how many there are.
        stride: pixels a cell.
        size: rows and columns of the map.
    """
    batch, objects = truth.classes.shape
    device = centers.device
    heat = torch.zeros(batch, classes, *size, device=device)
    open_cells = torch.ones(batch, classes, *size, dtype=torch.bool, device=device)
    weight = torch.zeros(batch, *size, device=device)
    owner = torch.zeros(batch, *size, dtype=torch.long, device=device)
    limit = torch.tensor([size[1] - 1, size[0] - 1], device=device)
    cells = (centers / stride).floor().clamp(min=0).minimum(limit)
    spread = (half_sides * (SPREAD / stride)).clamp(min=MIN_SPREAD)
    columns, rows = (torch.arange(n, device=device, dtype=torch.float32) for n in size[::-1])
    chunk = max(1, CELLS_AT_ONCE // max(1, batch * size[0] * size[1]))
    for start in range(0, objects, chunk):
        part = slice(start, start + chunk)
        across = ((columns - cells[:, part, :1]) / spread[:, part, :1]).square()
        down = ((rows - cells[:, part, 1:]) / spread[:, part, 1:]).square()
        distance = down[..., :, None] + across[..., None, :]
        bump = (-distance / 2).exp() * truth.to_find[:, part, None, None]
        number = truth.classes[:, part].clamp(min=0)[:, :, None, None].expand_as(bump)
        heat.scatter_reduce_(1, number, bump, "amax")
        highest, which = bump.max(1)
        owner = torch.where(highest > weight, which + start, owner)
        weight = torch.maximum(weight, highest)
        ignored = (truth.present & ~truth.counts)[:, part]
        if ignored.any():
            inside = _inside(columns, rows, centers[:, part], half_sides[:, part], stride)
            inside = (inside & ignored[:, :, None, None]).float()
            covered = torch.zeros_like(heat).scatter_reduce_(1, number, inside, "amax")
            open_cells &= covered == 0
    return CenterMaps(heat, owner, weight * (weight >= LEAST_BUMP), open_cells)


def _inside(
    columns: Float[Tensor, " columns"],
    rows: Float[Tensor, " rows"],
    centers: Float[Tensor, "batch objects 2"],
    half_sides: Float[Tensor, "batch objects 2"],
    stride: int,
) -> Bool[Tensor, "batch objects rows columns"]:
    """Which cells' centers lie in the box of each object."""
    x, y = (columns + 0.5) * stride, (rows + 0.5) * stride
    across = (x - centers[..., :1]).abs() <= half_sides[..., :1]
    down = (y - centers[..., 1:]).abs() <= half_sides[..., 1:]
    return down[..., :, None] & across[..., None, :]
