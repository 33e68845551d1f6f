"""From coarse to fine: the sizes an image is painted at, and resizing and padding of tensors."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image
from ..schedule import DEFAULT_SCHEDULE, Schedule

COARSEST_SIZE = 128  # pixels of the longer side at most where painting begins


@dataclass(frozen=True)
class Scale:
    """One size of coarse to fine.

    Parameters:
        height, width: in pixels.
        steps: painted at this size.
    """

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

    Parameters:
        height, width: of the content, in pixels; only their ratio counts.
        size: longer side of the finest scale.
        steps: at each scale, which also says how many scales there are; None: those of the
            schedule.
        schedule: the method's own steps and growth.
    """
    sizes = [size]
    while len(sizes) < len(steps) if steps else sizes[0] > COARSEST_SIZE:
        sizes.insert(0, max(1, round(size / schedule.growth ** len(sizes))))
    usual = schedule.steps
    counts = steps or [usual[min(place, len(usual) - 1)] for place in range(len(sizes))]
    return tuple(
        Scale(*fit_longer_side(height, width, longer), count)
        for longer, count in zip(sizes, counts)
    )


def fit_longer_side(height: int, width: int, longer: int) -> tuple[int, int]:
    """Height and width for a given longer side, the aspect ratio kept.

    Parameters:
        height, width: of the image.
        longer: the longer side that is wanted.

    >>> fit_longer_side(300, 600, 128)
    (64, 128)
    """
    stretch = longer / max(height, width)
    return max(1, round(height * stretch)), max(1, round(width * stretch))


def resize(image: Image, height: int, width: int) -> Float[Tensor, "1 3 rows columns"]:
    """An image at another size, bicubic and antialiased, clipped to 0 … 1.

    Parameters:
        image: (1, 3, rows, columns).
        height, width: in pixels.
    """
    if image.shape[2:] == (height, width):
        return image
    resized = F.interpolate(image, (height, width), mode="bicubic", antialias=True)
    return resized.clamp(0, 1).contiguous()


def padding_for(size: Sequence[int], min_size: int, min_padding: int = 0) -> tuple[int, int]:
    """Rows and columns of padding on each side so that neither side of an image is too short.

    Parameters:
        size: height and width of the image.
        min_size: the least each side is to have, padding included.
        min_padding: the least padding.

    >>> padding_for((10, 40), 16, min_padding=1)
    (3, 1)
    """
    rows, columns = (max(min_padding, -(-(min_size - side) // 2)) for side in size)
    return rows, columns


def reflect_pad(
    maps: Float[Tensor, "1 channels height width"], rows: int, columns: int
) -> Float[Tensor, "1 channels taller wider"]:
    """Maps with a margin on every side, mirrored, over and over if need be.

    Parameters:
        maps: (1, C, height, width).
        rows, columns: of the margin, on each side.
    """
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
    """Maps without the margin that `reflect_pad` added.

    Parameters:
        maps: (1, C, height, width), the margin included.
        rows, columns: of the margin, on each side.
    """
    height, width = maps.shape[2:]
    return maps[:, :, rows : height - rows, columns : width - columns].contiguous()
