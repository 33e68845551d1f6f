"""Classes with unequal numbers of images: rarer ones weigh more, or are drawn more often."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

BALANCES = ("auto", "none", "sampling", "weights")
"""What may be done about unequal classes; "auto" is "weights" where they are `very_unequal`."""

UNEQUAL = 10  # times as many images of the commonest class as of the rarest


def very_unequal(counts: Int[Tensor, " classes"]) -> bool:
    """Whether the rarest class has less than a tenth of the images of the commonest.

    Parameters:
        counts: training images of each class; classes without any do not count.

    >>> very_unequal(torch.tensor([9, 91, 0])), very_unequal(torch.tensor([9, 90]))
    (True, False)
    """
    known = counts[counts > 0]
    return len(known) > 0 and bool(known.min() * UNEQUAL < known.max())


def class_weights(counts: Int[Tensor, " classes"]) -> Float[Tensor, " classes"]:
    """The weight of each class in the loss: one over the square root of its number of images,
    scaled to a mean of 1 over the images, so that the learning rate suits as before.

    The square root (Mahajan et al. 2018, section 2.2, who sample so) lies half way between leaving
    a thousandfold difference and making up for all of it, which lets a few images of a rare class
    decide. Effective numbers (Cui et al. 2019) lie there too, but by a constant that has to be
    fitted to the size of the dataset.

    Parameters:
        counts: training images of each class; one without any has weight 1.

    >>> class_weights(torch.tensor([1, 9, 0]))
    tensor([2.5000, 0.8333, 1.0000])
    """
    roots = counts.double().sqrt()
    weights = counts.sum() / roots.sum().clamp(min=1) / roots
    return weights.where(counts > 0, 1.0).float()


def draw_balanced(numbers: Int[Tensor, " images"], seed: Sequence[int]) -> Int[Tensor, " images"]:
    """Draw as many images as there are, with replacement, each class as often as any other.

    Parameters:
        numbers: class number of each image; below 0 where it is not known, and then the image is
            drawn as often as without balance.
        seed: non-negative integers; the same draw the same images.
    """
    known = numbers >= 0
    shares = torch.ones(len(numbers), dtype=torch.float64)
    if known.any():
        counts = torch.bincount(numbers[known])
        shares[known] = known.sum() / (counts > 0).sum() / counts[numbers[known]].double()
    borders = shares.cumsum(0)
    drawn = torch.from_numpy(np.random.default_rng(list(seed)).random(len(numbers))) * borders[-1]
    return torch.searchsorted(borders, drawn, right=True).clamp(max=len(numbers) - 1)


def describe_balance(counts: Int[Tensor, " classes"], balance: str) -> str:
    """What is done about unequal classes, in one line.

    Parameters:
        counts: training images of each class.
        balance: "weights" or "sampling".
    """
    known = counts[counts > 0]
    least, most = int(known.min()), int(known.max())
    if least == most:
        return f"Each class has {least:,} images: there is nothing to balance."
    does = {"weights": "weigh more", "sampling": "are drawn more often"}[balance]
    return (
        f"Classes are unequal: {least:,} … {most:,} images each; rarer ones {does} "
        "(--balance none leaves that out)."
    )
