import numpy as np
import pytest

from triptych.faces.calibration import distance_histogram
from triptych.faces.calibration.distance_histogram import (
    LEVELS,
    STEP,
    distance_histograms,
    impostor_tail,
)
from triptych.faces.embeddings import euclidean_distances


@pytest.fixture(params=[(512, 4096), (7, 16), (16, 7)])
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One block for all photos, or many."""
    monkeypatch.setattr(distance_histogram, "ROWS", request.param[0])
    monkeypatch.setattr(distance_histogram, "COLUMNS", request.param[1])


def crowd() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    labels = np.repeat(np.arange(9), [1, 8, 2, 20, 5, 1, 1, 12, 9])
    vectors = chance.normal(size=(9, 16))[labels] + 0.7 * chance.normal(size=(len(labels), 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), labels


def pairs_of_two() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance and people of each pair of two people, one by one."""
    vectors, labels = crowd()
    first, second = np.triu_indices(len(labels), 1)
    apart = euclidean_distances(vectors, vectors)[first, second].astype(np.float64)
    two = labels[first] != labels[second]
    return apart[two], labels[first[two]], labels[second[two]]


@pytest.mark.usefixtures("blocks")
def test_each_pair_is_counted_once_at_its_distance():
    vectors, labels = crowd()
    same, different = distance_histograms(vectors, labels, lambda done: None)
    first, second = np.triu_indices(len(labels), 1)
    apart = euclidean_distances(vectors, vectors)[first, second].astype(np.float64)
    ends = np.arange(1, LEVELS + 1) * STEP
    for found, chosen in (
        (same, labels[first] == labels[second]),
        (different, labels[first] != labels[second]),
    ):
        assert found.sum() == chosen.sum()
        known = np.searchsorted(np.sort(apart[chosen]), ends, side="right")
        # blocks of other sizes round the last bit otherwise
        assert np.abs(np.cumsum(found) - known).max() <= 1


def test_the_greatest_and_the_least_distance_have_a_level():
    vectors = np.array([[1, 0], [1, 0], [-1, 0]], np.float32)
    same, different = distance_histograms(vectors, np.array([0, 0, 1]), lambda done: None)
    assert same[0] == 1 and different[-1] == 2


@pytest.mark.usefixtures("blocks")
def test_a_tail_holds_the_nearest_pairs_by_couple():
    vectors, labels = crowd()
    different = distance_histograms(vectors, labels, lambda done: None)[1]
    apart, first, second = pairs_of_two()
    found = impostor_tail(vectors, labels, different, 30, lambda done: None)
    assert found.counts.sum() == (apart <= found.edges[-1]).sum() >= 3 * 30
    for edge in (len(found.edges) // 2, len(found.edges) - 2):
        known = {}
        for a, b in zip(*(who[apart <= found.edges[edge + 1]] for who in (first, second))):
            known[a, b] = known.get((a, b), 0) + 1
        here = found.cut <= edge
        told: dict = {}
        for a, b, count in zip(found.first[here], found.second[here], found.counts[here]):
            told[a, b] = told.get((a, b), 0) + count
        assert told == known
    assert np.unique(found.cut).tolist() == list(range(len(found.edges) - 1))


def test_what_is_told_ends_with_all_photos(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(distance_histogram, "ROWS", 25)
    told: list[int] = []
    distance_histograms(*crowd(), told.append)
    assert told == [25, 50, 59]
