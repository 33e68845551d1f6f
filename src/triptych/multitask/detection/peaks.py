"""The centers of objects on maps of how likely each cell is one."""

from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Peaks:
    """Cells that are likelier centers than their eight neighbors, the likeliest first.

    Parameters:
        scores: 0 … 1; 0 in rows that only fill up.
        classes: class numbers.
        columns: of the cells.
        rows: of the cells.
    """

    scores: Float[Tensor, "batch peaks"]
    classes: Int[Tensor, "batch peaks"]
    columns: Int[Tensor, "batch peaks"]
    rows: Int[Tensor, "batch peaks"]


def local_maxima(
    heat: Float[Tensor, "batch classes rows columns"],
) -> Bool[Tensor, "batch classes rows columns"]:
    """Which cells none of their eight neighbors exceeds (CenterNet, Zhou et al. 2019).

    Parameters:
        heat: how likely each cell is the center of an object of each class, 0 … 1.
    """
    return heat == F.max_pool2d(heat, 3, 1, padding=1)


def find_peaks(heat: Float[Tensor, "batch classes rows columns"], most: int) -> Peaks:
    """The likeliest centers of each image, of all classes together.

    Parameters:
        heat: how likely each cell is the center of an object of each class, 0 … 1.
        most: how many are found at most.
    """
    peaks = heat * local_maxima(heat)
    rows, columns = heat.shape[2:]
    flat = peaks.flatten(1)
    scores, places = flat.topk(min(most, flat.shape[1]), dim=1)
    classes, cells = places // (rows * columns), places % (rows * columns)
    return Peaks(scores, classes, cells % columns, cells // columns)
