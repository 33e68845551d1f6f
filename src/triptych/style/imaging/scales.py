"""From coarse to fine: the sizes a picture is painted at, and how long at each."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image
from ..schedule import DEFAULT_SCHEDULE, Schedule

COARSEST = 128  # pixels of the longer side at most where painting begins


@dataclass(frozen=True)
class Scale:
    """One size of coarse to fine, in pixels, and the steps painted at it."""

    height: int
    width: int
    steps: int


def build_scales(
    height: int,
    width: int,
    size: int,
    steps: Sequence[int] | None = None,
    schedule: Schedule = DEFAULT_SCHEDULE,
) -> tuple[Scale, ...]:
    """The scales for a content of `height` × `width`, coarsest first.

    `size` is the longer side of the finest. Steps, where given, say how many scales there are:
    one number paints at the full size only; else they are those of the schedule."""
    sizes = [size]
    while len(sizes) < len(steps) if steps else sizes[0] > COARSEST:
        sizes.insert(0, max(1, round(size / schedule.growth ** len(sizes))))
    usual = schedule.steps
    counts = steps or [usual[min(place, len(usual) - 1)] for place in range(len(sizes))]
    return tuple(
        Scale(*fit_longer_side(height, width, longer), count)
        for longer, count in zip(sizes, counts)
    )


def fit_longer_side(height: int, width: int, longer: int) -> tuple[int, int]:
    """Height and width with the longer side given, the aspect kept.

    >>> fitted(300, 600, 128)
    (64, 128)
    """
    stretch = longer / max(height, width)
    return max(1, round(height * stretch)), max(1, round(width * stretch))


def resize(picture: Image, height: int, width: int) -> Float[Tensor, "1 3 rows columns"]:
    """A picture at another size: without flicker where it shrinks, smooth where it grows."""
    if picture.shape[2:] == (height, width):
        return picture
    found = F.interpolate(picture, (height, width), mode="bicubic", antialias=True)
    return found.clamp(0, 1).contiguous()


def padding_for(size: Sequence[int], least: int, always: int = 0) -> tuple[int, int]:
    """Rows and columns to lay around a picture of this height and width, so that neither is below
    `least`; no fewer than `always`.

    >>> lacking((10, 40), 16, always=1)
    (3, 1)
    """
    rows, columns = (max(always, -(-(least - side) // 2)) for side in size)
    return rows, columns


def reflect_pad(
    maps: Float[Tensor, "1 channels height width"], rows: int, columns: int
) -> Float[Tensor, "1 channels taller wider"]:
    """Maps with a margin on every side, in which they are mirrored, over and over if need be."""
    while rows or columns:
        down, across = min(rows, maps.shape[2] - 1), min(columns, maps.shape[3] - 1)
        # a single row has no other to mirror, so it is repeated
        mode = "reflect" if (down or not rows) and (across or not columns) else "replicate"
        if mode == "replicate":
            down, across = rows, columns
        maps = F.pad(maps, (across, across, down, down), mode=mode)
        rows, columns = rows - down, columns - across
    return maps.contiguous()


def crop_padding(
    maps: Float[Tensor, "1 channels taller wider"], rows: int, columns: int
) -> Float[Tensor, "1 channels height width"]:
    """Maps without the margin that `framed` laid around them."""
    height, width = maps.shape[2:]
    return maps[:, :, rows : height - rows, columns : width - columns].contiguous()
