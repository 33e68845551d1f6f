"""What the heads share whose output is logits."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
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


def mean_where(
    values: Float[Tensor, "batch *places"], chosen: Bool[Tensor, "batch *places"]
) -> Float[Tensor, " batch"]:
    """The mean over some places of each image; over all of an image of which none is chosen.

    Parameters:
        values: in any precision.
        chosen: which places count.
    """
    rows = chosen.flatten(1)
    counts = rows | ~rows.any(1, keepdim=True)
    return (values.flatten(1) * counts).sum(1) / counts.sum(1)


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
