"""Error rates by group are those counted pair by pair."""

from itertools import combinations

import numpy as np
import pytest

from triptych.faces.metrics import group_errors
from triptych.faces.metrics.group_errors import ErrorRate, GroupComparison, compare_groups

THRESHOLD = 1.1


def crowd(
    people: int = 24, photos: int = 5, seed: int = 0
) -> tuple[np.ndarray, list[str], list[str]]:
    """Vectors of people in two groups; those of the second are noisier, and alike."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, 1, 8)
    vectors, names, groups = [], [], []
    for person in range(people):
        noisy = person % 2
        center = rng.normal(0, 1, 8) + noisy * shared
        for _ in range(photos):
            vector = center + rng.normal(0, 0.35 + 0.35 * noisy, 8)
            vectors.append(vector / np.linalg.norm(vector))
            names.append(f"p{person:02}")
            groups.append(("steady", "noisy")[noisy])
    order = rng.permutation(len(names))
    table = np.array(vectors, np.float32)[order]
    return table, [names[row] for row in order], [groups[row] for row in order]


def by_hand(vectors: np.ndarray, people: list[str], groups: list[str]) -> dict:
    """Errors and pairs of each kind, pair by pair."""
    counts: dict = {}
    for a, b in combinations(range(len(people)), 2):
        if not (groups[a] and groups[b]):
            continue
        distance = np.linalg.norm(vectors[a] - vectors[b])  # NaN is not within
        faceless = bool(np.isnan(distance))
        if people[a] == people[b]:
            key, wrong = ("fnmr", groups[a]), faceless or distance > THRESHOLD
        else:
            key = ("fmr", *sorted({groups[a], groups[b]}))
            wrong = faceless or distance <= THRESHOLD
        errors, pairs = counts.get(key, (0, 0))
        counts[key] = errors + int(wrong), pairs + 1
    return counts


@pytest.mark.parametrize("at_a_time", [7, 1024])
def test_rates_are_those_counted_pair_by_pair(at_a_time: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(group_errors, "AT_A_TIME", at_a_time)
    vectors, people, groups = crowd()
    vectors[[3, 50]] = np.nan
    groups[7] = ""
    told = compare_groups(vectors, people, groups, THRESHOLD, rounds=50)
    expected = by_hand(vectors, people, groups)
    assert [each.group for each in told.groups] == ["noisy", "steady"]
    for each in told.groups:
        assert (each.fnmr.errors, each.fnmr.pairs) == expected["fnmr", each.group]
        assert (each.fmr.errors, each.fmr.pairs) == expected["fmr", each.group]
    across = told.across["noisy", "steady"]
    assert (across.errors, across.pairs) == expected["fmr", "noisy", "steady"]
    assert sum(each.without_face for each in told.groups) == 2
    assert sum(each.photos for each in told.groups) == 119


def test_the_worse_group_is_seen_with_an_interval_that_holds_its_rate():
    told = compare_groups(*crowd(), THRESHOLD)
    noisy, steady = told.groups
    assert noisy.fnmr.rate and steady.fnmr.rate is not None
    assert noisy.fnmr.rate > 2 * steady.fnmr.rate and noisy.accuracy and steady.accuracy
    assert noisy.accuracy < steady.accuracy
    for rate in (noisy.fnmr, noisy.fmr, steady.fnmr, steady.fmr):
        assert 0 <= rate.low <= rate.rate <= rate.high <= 1 and rate.high > rate.low  # type: ignore[operator]


def test_an_interval_is_wider_where_people_err_together():
    """The same pairs and errors, of people who all err alike, or each all or nothing."""
    near, far = np.eye(2, dtype=np.float32)
    alike, apart = [], []
    for person in range(20):
        alike += [near, near, far] if person % 2 else [near, near, near]
        apart += [near, far, -near] if person < 7 else [near, near, near]
    people = [f"p{row // 3:02}" for row in range(60)]
    wide, narrow = (
        compare_groups(np.array(rows, np.float32), people, ["g"] * 60, 1.0).groups[0].fnmr
        for rows in (apart, alike)
    )
    assert abs(wide.errors - narrow.errors) <= 1
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_too_few_pairs_or_people_give_no_rate():
    vectors, people, groups = crowd(people=12)
    strict = compare_groups(vectors, people, groups, THRESHOLD, far=1e-3)
    assert all(each.fmr.rate is None and each.accuracy is None for each in strict.groups)
    assert all(each.fnmr.rate is not None for each in strict.groups)
    assert strict.ratio("fmr") is None and strict.to_dict()["groups"][0]["fmr"]["low"] is None
    few = compare_groups(*crowd(people=8), THRESHOLD)
    assert all(each.fnmr.rate is None for each in few.groups)
    alone = compare_groups(vectors[:1], ["a"], ["g"], THRESHOLD)
    assert alone.groups[0].fnmr == ErrorRate(0, 0, 0.0, 1.0, False)


def test_the_ratio_is_of_worst_and_best_and_none_where_the_best_has_no_error():
    def comparison(*errors: int) -> GroupComparison:
        rates = [ErrorRate(count, 100, 0.0, 0.5, True) for count in errors]
        groups = [
            group_errors.GroupErrors(str(place), 9, 90, 0, rate, rate)
            for place, rate in enumerate(rates)
        ]
        return GroupComparison(1.1, tuple(groups), {})

    assert comparison(2, 10, 4).ratio("fnmr") == 5
    assert comparison(0, 10).ratio("fmr") is None and comparison(3).ratio("fmr") is None
