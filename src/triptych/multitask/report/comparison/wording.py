"""Differences, intervals and probabilities as they are to be read."""

import numpy as np

from ..estimation.bootstrap import Estimate

CHANGES = {
    "right_in_both": "both right",
    "right_to_wrong": "right → wrong",
    "wrong_to_right": "wrong → right",
    "wrong_in_both": "both wrong",
}
"""The four ways in which two answers can be right or wrong, and what they are called."""


def signed(value: float) -> str:
    """A difference in four digits, with its sign.

    Parameters:
        value: of any size.

    >>> signed(0.01234), signed(-0.5), signed(0.0)
    ('+0.0123', '−0.5000', '0.0000')
    """
    return "0.0000" if value == 0 else f"{value:+.4f}".replace("-", "−")


def probability(p: float) -> str:
    """A probability as it is to be read.

    Parameters:
        p: 0 … 1.

    >>> probability(0.0123), probability(1e-9)
    ('0.012', '<0.001')
    """
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def interval(one: Estimate) -> str:
    """The ends of an interval of a difference; empty where they are not known.

    Parameters:
        one: the difference.
    """
    if not np.isfinite(one.low):
        return ""
    return f"{signed(one.low)} … {signed(one.high)}"
