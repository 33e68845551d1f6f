import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.faces.metrics.pairs import Pairs, sample_pairs
from triptych.faces.metrics.verification import best_threshold, evaluate_verification

NAN = float("nan")


def of(same: list[bool], fold: list[int]) -> Pairs:
    """Pairs of photos that occur once, each photo of a person of its own but for same pairs."""
    count = len(same)
    first, second = np.arange(2 * count).reshape(count, 2).T
    person = np.arange(2 * count)
    person[second[same]] = first[same]
    return Pairs(first, second, np.array(same), np.array(fold), "people", person)


def crowd(people: int, photos: int, spread: float, seed: int = 0) -> tuple[list[str], np.ndarray]:
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(people, 1, 24))
    vectors = (centres + spread * chance.normal(size=(people, photos, 24))).reshape(-1, 24)
    names = [f"p{number}" for number in range(people) for _ in range(photos)]
    return names, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_a_fold_is_told_by_the_threshold_of_the_others():
    # fold 1 alone: 0.5 | 0.7, threshold 0.6; fold 0 alone: 0.3 | 0.45, threshold 0.375
    pairs = of([True, False, True, False], [0, 0, 1, 1])
    found = evaluate_verification(np.array([0.3, 0.45, 0.5, 0.7]), pairs)
    assert np.allclose(found.thresholds, (0.6, 0.375))
    # at 0.6 both pairs of fold 0 are accepted; at 0.375 both of fold 1 rejected
    assert found.correct.tolist() == [True, False, False, True]
    assert found.folds == (0.5, 0.5) and found.accuracy == 0.5
    assert np.allclose(found.margins, [-0.3, -0.15, 0.125, 0.325])


def test_the_widest_of_equally_good_gaps_is_taken():
    # one error wherever the threshold lies: 0.2 to 0.4 is the widest such gap
    distances = np.array([0.1, 0.2, 0.4, 0.5, 0.55])
    assert best_threshold(distances, np.array([True, True, False, True, False])) == pytest.approx(
        0.3
    )


def test_the_lowest_of_equally_wide_gaps_is_taken():
    distances = np.array([0.25, 0.5, 0.75, 1.0])
    assert best_threshold(distances, np.array([True, False, True, False])) == 0.375


def test_where_nothing_should_be_accepted_the_threshold_is_below_all():
    distances = np.array([0.9, 0.1])
    assert best_threshold(distances, np.array([True, False])) < 0.1
    both = np.array([0.5, 0.5, 0.5])
    assert best_threshold(both, np.array([True, False, False])) < 0.5
    assert best_threshold(both, np.array([True, True, False])) == 0.5


@given(st.integers(0, 50))
def test_no_threshold_is_more_accurate_than_the_best(seed: int):
    chance = np.random.default_rng(seed)
    distances, same = chance.integers(0, 9, 30) / 8, np.arange(30) < 15
    distances[chance.integers(0, 30, 3)] = NAN

    def right(threshold: float) -> int:
        return int(np.where(same, distances <= threshold, distances > threshold).sum())

    best = max(right(threshold) for threshold in np.linspace(-0.1, 1.2, 131))
    assert right(best_threshold(distances, same)) == best


def test_a_photo_without_a_face_makes_all_its_pairs_wrong():
    people, vectors = crowd(8, 5, spread=0.05)
    pairs = sample_pairs(people, folds=4)
    assert evaluate_verification(pairs.distances(vectors), pairs).accuracy == 1
    vectors[7] = NAN
    found = evaluate_verification(pairs.distances(vectors), pairs)
    touched = (pairs.first == 7) | (pairs.second == 7)
    assert (found.correct == ~touched).all()
    assert (np.isnan(found.margins) == touched).all()


def test_no_fold_sets_its_own_threshold():
    """Distances of one fold say nothing of its threshold."""
    people, vectors = crowd(10, 4, spread=0.6)
    pairs = sample_pairs(people, folds=5)
    distances = pairs.distances(vectors)
    before = evaluate_verification(distances, pairs).thresholds
    distances[pairs.fold == 2] = distances[pairs.fold == 2][::-1]
    after = evaluate_verification(distances, pairs).thresholds
    assert before[2] == after[2] and before != after


def test_the_interval_holds_the_accuracy_and_is_wider_for_fewer_people():
    widths = []
    for people in (8, 64):
        names, vectors = crowd(people, 4, spread=0.9)
        pairs = sample_pairs(names, folds=4)
        found = evaluate_verification(pairs.distances(vectors), pairs)
        assert 0 <= found.ci_low < found.accuracy < found.ci_high <= 1
        widths.append(found.ci_high - found.ci_low)
    assert widths[0] > widths[1]


def test_every_figure_is_defined_and_those_without_support_are_none():
    names, vectors = crowd(10, 4, spread=0.5)
    pairs = sample_pairs(names)  # 60 pairs of two people
    found = evaluate_verification(pairs.distances(vectors), pairs)
    metrics = found.metrics()
    assert list(metrics) == list(found.definitions())
    assert metrics["tar_at_far_1e-1"] is not None
    assert metrics["tar_at_far_1e-2"] is None and metrics["tar_at_far_1e-3"] is None
    assert "share no pair" in found.definitions()["accuracy"]
    assert metrics["eer"] == found.eer == found.curve.eer()
