"""Intervals of a share by a bootstrap over people, since pairs of one person err together."""

import math

import numpy as np
from jaxtyping import Bool, Float64, Int64

ROUNDS = 1000
QUANTILES = (0.025, 0.975)  # the quantiles between which a 95 % interval lies
NUMBERS = 2**22  # weights computed at a time: 32 MB


def bootstrap_counts(people: int, rounds: int, seed: int) -> Int64[np.ndarray, "rounds people"]:
    """How often each person is drawn in each round: as many people as there are, with replacement.

    Parameters:
        people: how many there are.
        rounds: of the bootstrap.
        seed: what is drawn follows from it.
    """
    rng = np.random.default_rng([seed, people])
    return rng.multinomial(people, np.full(people, 1 / people), size=rounds).astype(np.int64)


def pair_weights(
    draws: Int64[np.ndarray, "rounds people"],
    first: Int64[np.ndarray, " groups"],
    second: Int64[np.ndarray, " groups"],
) -> Float64[np.ndarray, "rounds groups"]:
    """How often a pair of these people occurs in each round.

    A person drawn m times brings each own pair m times; two people drawn m and n times bring each
    pair of theirs m·n times (the subsets bootstrap of Bolle et al. 2004).

    Parameters:
        draws: how often each person is drawn, (R, people).
        first: the label of one person of each pair, (G,).
        second: the label of the other.

    Returns weights, (R, G).
    """
    times = draws[:, first] * np.where(first == second, 1, draws[:, second])
    return times.astype(np.float64)


def confidence_interval(
    correct: Bool[np.ndarray, " pairs"],
    first: Int64[np.ndarray, " pairs"],
    second: Int64[np.ndarray, " pairs"],
    *,
    seed: int = 0,
    rounds: int = ROUNDS,
) -> tuple[float, float]:
    """A 95 % interval of the share of pairs that are correct.

    The wider of a bootstrap over people and of Wilson's interval (1927), which does not shrink to
    nothing where all are correct.

    Parameters:
        correct: which pairs are.
        first: the label of one person of each pair.
        second: the label of the other; the same for pairs of one person and for single photos.
        seed: of the bootstrap.
        rounds: of the bootstrap.
    """
    people, numbers = np.unique(np.stack([first, second]), return_inverse=True)
    first, second = numbers.reshape(2, -1)
    group, member = np.unique(first * len(people) + second, return_inverse=True)
    right_in = np.bincount(member, correct, len(group))
    all_in = np.bincount(member, minlength=len(group))
    shares = [
        _shares(right_in, all_in, pair_weights(draws, group // len(people), group % len(people)))
        for draws in chunks(bootstrap_counts(len(people), rounds, seed), len(group))
    ]
    low, high = np.nanquantile(np.concatenate(shares), QUANTILES)
    lower, upper = wilson(int(correct.sum()), len(correct))
    return min(float(low), lower), max(float(high), upper)


def wilson(correct: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, for trials that do not depend on each other.

    Parameters:
        correct: how many trials are.
        count: of all trials.

    >>> [round(end, 3) for end in wilson(10, 10)]
    [0.722, 1.0]
    """
    z = 1.959964
    share, room = correct / count, z * z / count
    centre, reach = share + room / 2, z * math.sqrt(share * (1 - share) / count + room / count / 4)
    low, high = (centre - reach) / (1 + room), (centre + reach) / (1 + room)
    return max(0.0, low), min(1.0, high)


def chunks(
    draws: Int64[np.ndarray, "rounds people"], groups: int
) -> list[Int64[np.ndarray, "some people"]]:
    """Rounds of a bootstrap in parts whose weights fit into memory.

    Parameters:
        draws: how often each person is drawn, (R, people).
        groups: of pairs that weights are computed for.
    """
    return np.array_split(draws, math.ceil(len(draws) * groups / NUMBERS))


def _shares(
    right: Float64[np.ndarray, " groups"],
    count: Int64[np.ndarray, " groups"],
    times: Float64[np.ndarray, "rounds groups"],
) -> Float64[np.ndarray, " rounds"]:
    """NaN for a round in which no pair occurs."""
    total = times @ count
    return np.divide(times @ right, total, where=total > 0, out=np.full(len(total), np.nan))
