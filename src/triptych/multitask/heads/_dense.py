"""What the heads share that answer for every pixel."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def resize_logits(
    logits: Float[Tensor, "batch classes rows columns"], size: tuple[int, int]
) -> Float[Tensor, "batch classes height width"]:
    """Logits at the size of the image, interpolated where they are coarser.

    Parameters:
        logits: at the resolution of a map.
        size: height and width of the image in pixels.
    """
    if logits.shape[-2:] == size:
        return logits
    return F.interpolate(logits, size=size, mode="bilinear", align_corners=False)
