import numpy as np
import pytest
from scipy.stats import binomtest

from triptych.faces.metrics.bootstrap import (
    bootstrap_counts,
    chunks,
    confidence_interval,
    pair_weights,
    wilson,
)


@pytest.mark.parametrize("right, count", [(0, 5), (3, 7), (98, 100), (450, 450)])
def test_wilsons_interval_is_that_of_scipy(right: int, count: int):
    known = binomtest(right, count).proportion_ci(method="wilson")
    assert np.allclose(wilson(right, count), (known.low, known.high))


def test_each_round_draws_as_many_people_as_there_are():
    drawn = bootstrap_counts(7, 500, seed=3)
    assert drawn.shape == (500, 7) and (drawn.sum(1) == 7).all()
    assert abs(drawn.mean(0) - 1).max() < 0.2
    assert (bootstrap_counts(7, 500, seed=3) == drawn).all() and (
        bootstrap_counts(7, 500, seed=4) != drawn
    ).any()


def test_a_pair_weighs_the_product_of_its_people_and_an_own_pair_once():
    drawn = np.array([[2, 0, 1], [3, 1, 0]])
    first, second = np.array([0, 0, 1, 2]), np.array([0, 2, 2, 2])
    assert pair_weights(drawn, first, second).tolist() == [[2, 2, 0, 1], [3, 0, 0, 0]]


def test_chunks_are_all_rounds():
    drawn = bootstrap_counts(3, 1000, seed=0)
    parts = chunks(drawn, 10**5)
    assert len(parts) > 1 and (np.concatenate(parts) == drawn).all()


def test_an_interval_is_that_of_people_drawn_one_by_one():
    chance = np.random.default_rng(0)
    first, second = np.sort(chance.integers(0, 6, (2, 300)), axis=0)
    right = chance.random(300) < np.where(first == 2, 0.4, 0.9)
    shares = []
    for times in bootstrap_counts(6, 400, seed=1):
        taken = [
            times[a] if a == b else times[a] * times[b] for a, b in zip(first, second, strict=True)
        ]
        shares.append(np.repeat(right, taken).mean())
    low, high = confidence_interval(right, first, second, seed=1, rounds=400)
    assert np.allclose((low, high), np.quantile(shares, (0.025, 0.975)))


def test_pairs_of_few_people_are_less_sure_than_as_many_of_many():
    chance = np.random.default_rng(0)

    def width(people: int) -> float:
        who = np.repeat(np.arange(people), 1000 // people)
        good = chance.random(people) < 0.8
        low, high = confidence_interval(
            chance.random(1000) < np.where(good, 0.99, 0.5)[who], who, who
        )
        return high - low

    assert width(10) > 1.5 * width(200)


def test_an_interval_does_not_shrink_to_nothing_where_all_are_right():
    who = np.repeat(np.arange(10), 10)
    assert confidence_interval(np.ones(100, np.bool_), who, who) == wilson(100, 100)
