"""What the heads share whose output is logits."""

import torch
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


def mean_log_probability(
    first: Float[Tensor, "batch classes *places"], second: Float[Tensor, "batch classes *places"]
) -> Float[Tensor, "batch classes *places"]:
    """The logarithm of the mean of the probabilities of two sets of logits, which is itself logits.

    Parameters:
        first: logits over the classes, in any precision.
        second: the same of another view.
    """
    both = torch.stack([first, second]).float().log_softmax(2)
    return both.logsumexp(0) - torch.log(both.new_tensor(2.0))


def mean_log_odds(
    first: Float[Tensor, "batch *places"], second: Float[Tensor, "batch *places"]
) -> Float[Tensor, "batch *places"]:
    """The logits of the mean of the probabilities of two sets of logits, each of yes or no.

    Parameters:
        first: logits, in any precision.
        second: the same of another view.
    """
    both = torch.stack([first, second]).float()
    return F.logsigmoid(both).logsumexp(0) - F.logsigmoid(-both).logsumexp(0)
