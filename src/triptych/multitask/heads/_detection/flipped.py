"""Maps of objects' centers and shapes, averaged with those of the mirrored image."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from .._dense import mean_log_odds


def average_maps(
    output: Float[Tensor, "batch maps rows columns"],
    flipped: Float[Tensor, "batch maps rows columns"],
    *,
    classes: int,
    order: Sequence[int],
    signs: Sequence[float],
) -> Float[Tensor, "batch maps rows columns"]:
    """The probabilities of centers, and the raw numbers of shapes, averaged in each cell.

    Parameters:
        output: of the images: a logit a class, then the numbers of the shape.
        flipped: of the mirrored images, in their cells.
        classes: how many there are.
        order: in a mirror, which number each number of a shape is.
        signs: what it is multiplied by there.
    """
    back = flipped.flip(3)
    heat = mean_log_odds(output[:, :classes], back[:, :classes])
    sign = back.new_tensor(signs)[:, None, None]
    shape = (output[:, classes:] + back[:, classes:][:, list(order)] * sign) / 2
    return torch.cat([heat, shape.float()], 1)
