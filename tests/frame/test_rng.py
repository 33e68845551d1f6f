"""Chance belongs to an image: not to its batch, and evenly spread."""

import numpy as np
import pytest
import torch
from scipy import stats

from triptych.frame.rng import CounterRNG, permutation

MANY = torch.arange(20_000)


def uniform(*seed: int, stream: str = "x") -> np.ndarray:
    return CounterRNG(seed, MANY).uniform(stream).numpy()


@pytest.mark.parametrize("picked", [[7], [9, 7, 3], [19_999, 0, 0, 7], list(range(64, 0, -1))])
def test_numbers_do_not_depend_on_the_batch(picked: list[int]):
    whole, part = CounterRNG([5, 0], MANY), CounterRNG([5, 0], torch.tensor(picked))
    assert torch.equal(part.uniform("x", 3, 2), whole.uniform("x", 3, 2)[picked])
    assert torch.equal(part.integers("i", 10, 4), whole.integers("i", 10, 4)[picked])
    assert torch.equal(part.bernoulli("c", 0.5), whole.bernoulli("c", 0.5)[picked])
    rows = [4 * image + tile for image in picked for tile in range(4)]
    tiles = whole.fork("tile", 4).uniform("x", 2)[rows]
    assert torch.equal(part.fork("tile", 4).uniform("x", 2), tiles)


def test_a_draw_changes_no_later_draw():
    first, second = CounterRNG([1], MANY), CounterRNG([1], MANY)
    first.uniform("other", 9)
    first.fork("tile", 3)
    assert torch.equal(first.uniform("x"), second.uniform("x"))


def test_numbers_are_uniform():
    found = uniform(3, 0, 1)
    assert found.min() >= 0 and found.max() < 1
    assert abs(found.mean() - 1 / 2) < 4 * (1 / 12 / len(found)) ** 0.5
    assert found.var() == pytest.approx(1 / 12, rel=0.02)
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_positions_of_an_image_are_uniform_and_unrelated():
    found = CounterRNG([3], MANY).uniform("x", 8).numpy()
    assert all(stats.kstest(column, "uniform").pvalue > 1e-4 for column in found.T)
    related = np.corrcoef(found.T) - np.eye(8)
    assert np.abs(related).max() < 5 / len(found) ** 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (uniform(0, 0, 1), uniform(0, 2, 1)),
        (uniform(0, 0, 1), uniform(0, 0, 2)),
        (uniform(0, 0, 0), uniform(1, 0, 0)),
        (uniform(2**32 - 1, 0), uniform(0, 2**32 - 1)),
        (uniform(0, stream="x"), uniform(0, stream="y")),
        (uniform(0)[:-1], uniform(0)[1:]),
    ],
    ids=["split", "epoch", "seed", "order of seeds", "stream", "neighbour"],
)
def test_what_differs_is_unrelated(one: np.ndarray, other: np.ndarray):
    assert (one != other).mean() > 0.999
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / len(one) ** 0.5


def test_bounds_are_kept():
    found = CounterRNG([0], MANY).uniform("x", low=-3, high=5)
    assert found.shape == (20_000,) and -3 <= found.min() < -2.9 and 4.9 < found.max() <= 5


def test_integers_are_all_hit_equally_often():
    found = CounterRNG([0], MANY).integers("which", 7, 3)
    assert found.shape == (20_000, 3) and found.dtype == torch.int64
    assert stats.chisquare(found.flatten().bincount().numpy()).pvalue > 0.001
    assert found.unique().tolist() == list(range(7))


def test_large_integers_stay_below_the_bound():
    assert CounterRNG([0], MANY).integers("which", 60_000).max() < 60_000


def test_a_share_is_chosen():
    assert CounterRNG([0], MANY).bernoulli("some", 0.3).float().mean() == pytest.approx(
        0.3, abs=0.02
    )


def test_parts_of_an_image_have_chance_of_their_own():
    parts = CounterRNG([0], MANY).fork("tile", 4).uniform("x").view(-1, 4).numpy()
    assert stats.kstest(parts.ravel(), "uniform").pvalue > 0.001
    assert np.abs(np.corrcoef(parts.T) - np.eye(4)).max() < 5 / len(parts) ** 0.5


def test_shuffling_reorders_every_number_once():
    order = permutation(1000, [0, 4, 1])
    assert order.sort().values.equal(torch.arange(1000))
    assert not order.equal(torch.arange(1000))
    assert order.equal(permutation(1000, [0, 4, 1]))
    assert not order.equal(permutation(1000, [0, 4, 2]))
