"""Whether two networks are right about different shares of the same images."""

import numpy as np


def mcnemar_p(lost: int, gained: int) -> float:
    """How probable it is that the images which only one of two is right about are as unequally
    divided as they are, or more so, if both were equally good.

    It is McNemar's test (1947) in its exact form: two-sided, by the binomial distribution. Images
    about which both are right, or both wrong, say nothing. Images should not depend on each other.

    Parameters:
        lost: images that only the first is right about, not below 0.
        gained: images that only the second is right about, not below 0.

    >>> mcnemar_p(0, 0), round(mcnemar_p(1, 7), 4)
    (1.0, 0.0703)
    """
    count, fewer = lost + gained, min(lost, gained)
    steps = np.arange(1, fewer + 1)
    # log C(count, k) for k = 0 … fewer, each from the one before
    choices = np.concatenate([[0.0], np.cumsum(np.log((count - steps + 1) / steps))])
    tail = float(np.exp(choices - count * np.log(2)).sum())
    return min(1.0, 2 * tail)
