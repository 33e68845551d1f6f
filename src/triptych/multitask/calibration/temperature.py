"""Temperature scaling: probabilities that say how often their class is right."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

COLDEST, HOTTEST = 0.02, 50.0
HALVINGS = 50  # of the range of log T, which leaves less than float64 can tell


def fit_temperature(
    logits: Float[Tensor, "images classes"], target: Int[Tensor, " images"]
) -> float:
    """The temperature T at which softmax(logits / T) has the least cross-entropy.

    After Guo et al. 2017. The cross-entropy is convex in 1/T, so the sign of its slope is followed.
    Of n images a share of 1 / (n + 2) of each target goes to the best other class, as Platt 1999
    smooths targets by Laplace's rule: without it images that are all right would make T 0, and
    every answer certain.

    Parameters:
        logits: of images that were not trained on.
        target: their class numbers.
    """
    scores = logits.double()
    right = scores.gather(1, target[:, None])
    others = scores.scatter(1, target[:, None], -torch.inf).amax(1, keepdim=True)
    smoothing = 1 / (len(scores) + 2)
    wanted = ((1 - smoothing) * right + smoothing * others).mean()
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        probabilities = (scores / math.exp(middle)).softmax(1)
        too_sure = (probabilities * scores).sum(1).mean() > wanted
        low, high = (middle, high) if too_sure else (low, middle)
    return math.exp((low + high) / 2)
