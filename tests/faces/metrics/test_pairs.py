from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.faces.metrics import pairs as pairs_file
from triptych.faces.metrics.pairs import Pairs, sample_pairs
from triptych.frame.errors import ConfigError


def crowd(*counts: int) -> list[str]:
    return [f"p{number}" for number, count in enumerate(counts) for _ in range(count)]


def couples(pairs: Pairs) -> list[tuple[int, int]]:
    return [tuple(sorted(both)) for both in zip(pairs.first.tolist(), pairs.second.tolist())]


def test_all_pairs_of_one_person_are_there_and_as_many_of_two():
    people = crowd(4, 3, 5)
    found = sample_pairs(people, folds=3)
    own = {(i, j) for i, j in combinations(range(12), 2) if people[i] == people[j]}
    listed = couples(found)
    assert {pair for pair, same in zip(listed, found.same) if same} == own
    assert found.same.sum() == len(own) == 19 and len(found) == 38


@given(st.lists(st.integers(1, 6), min_size=2, max_size=30), st.integers(0, 3), st.randoms())
def test_pairs_are_what_they_say_none_twice_and_folds_are_even(
    counts: list[int], seed: int, shuffler
):
    people = crowd(*counts)
    shuffler.shuffle(people)
    try:
        found = sample_pairs(people, folds=3, seed=seed)
    except ConfigError:
        assert sum(n * (n - 1) // 2 for n in counts) < 3 or np.prod(counts) < 3
        return
    listed = couples(found)
    assert len(set(listed)) == len(listed) and all(i < j for i, j in listed)
    assert [people[i] == people[j] for i, j in listed] == found.same.tolist()
    for fold in range(3):
        here = found.fold == fold
        assert here.any() and found.same[here].mean() == 0.5
    ours = [
        {people[i] for i in np.append(found.first, found.second)[np.tile(found.fold == f, 2)]}
        for f in range(3)
    ]
    apart = not any(one & other for one, other in combinations(ours, 2))
    assert found.disjoint_by == "pairs" or apart


def test_folds_share_no_person_where_there_are_two_people_a_fold():
    assert sample_pairs(crowd(*[3] * 8), folds=4).disjoint_by == "people"
    assert sample_pairs(crowd(*[3] * 7), folds=4).disjoint_by == "pairs"
    # twelve people, but three only with two photos, and each fold needs a same pair
    assert sample_pairs(crowd(3, 3, 3, *[1] * 9), folds=4).disjoint_by == "pairs"


def test_a_seed_draws_the_same_pairs_and_another_draws_others():
    one, again, other = (sample_pairs(crowd(*[4] * 9), folds=3, seed=seed) for seed in (5, 5, 6))
    assert couples(one) == couples(again) and one.fold.tolist() == again.fold.tolist()
    assert couples(one) != couples(other)


def test_of_very_many_pairs_so_many_are_drawn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pairs_file, "MOST", 50)
    found = sample_pairs(crowd(30, 30, 30), folds=5)
    assert found.same.sum() == 50 and len(set(couples(found))) == len(found) == 100
    # spread over everyone
    assert len(np.unique(found.person[found.first[found.same]])) == 3


def test_distances_are_those_of_the_rows_and_nan_without_a_face():
    vectors = np.eye(4, dtype=np.float32)
    vectors[2] = np.nan
    found = sample_pairs(["a", "a", "b", "b"], folds=2)
    for i, j, distance in zip(found.first, found.second, found.distances(vectors)):
        assert np.isnan(distance) if 2 in (i, j) else np.isclose(distance, np.sqrt(2))


@pytest.mark.parametrize("people", [[], ["a"] * 9, ["a", "b", "c"], crowd(2, 2)])
def test_too_few_people_or_photos_are_refused(people: list[str]):
    with pytest.raises(ConfigError, match=r"Add photos"):
        sample_pairs(people, folds=10)


def test_one_fold_is_refused():
    with pytest.raises(ConfigError, match="at least 2 folds, got 1"):
        sample_pairs(crowd(5, 5), folds=1)
