import numpy as np
import pytest

from triptych.faces.metrics import pair_classifiers as classifiers
from triptych.faces.metrics.pair_classifiers import pair_classifiers
from triptych.faces.metrics.pairs import sample_pairs


def crowd(people: int, photos: int, spread: float, seed: int = 0):
    chance = np.random.default_rng(seed)
    labels = np.repeat(np.arange(people), photos)
    vectors = chance.normal(size=(people, 16))[labels]
    vectors = vectors + spread * chance.normal(size=vectors.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return vectors, [f"p{label}" for label in labels]


def test_pairs_that_lie_apart_are_told_and_noise_is_not():
    vectors, people = crowd(12, 5, spread=0.1)
    pairs = sample_pairs(people, folds=4)
    assert pairs.disjoint_by == "people"
    (near,) = pair_classifiers(vectors, pairs)
    assert near.name == "logistic" and near.accuracy > 0.97 and len(near.folds) == 4
    (noise,) = pair_classifiers(crowd(12, 5, spread=1e4)[0], pairs)
    assert abs(noise.accuracy - 0.5) < 0.15
    assert noise.ci_low <= noise.accuracy <= noise.ci_high


def test_no_fold_is_told_by_what_was_learnt_on_it(monkeypatch: pytest.MonkeyPatch):
    learnt = []
    told = classifiers._fit_predict

    def spy(vectors, pairs, asked, known, seed):
        learnt.append((set(np.flatnonzero(asked)), set(np.flatnonzero(known))))
        return told(vectors, pairs, asked, known, seed)

    monkeypatch.setattr(classifiers, "_fit_predict", spy)
    vectors, people = crowd(12, 4, spread=0.5)
    pairs = sample_pairs(people, folds=10)
    assert pairs.disjoint_by == "pairs"
    names = [each.name for each in pair_classifiers(vectors, pairs)]
    assert names == ["logistic", "logistic_strangers"]
    assert not any(asked & known for asked, known in learnt)
    for ways in (learnt[:10], learnt[10:]):
        assert sorted(pair for asked, _ in ways for pair in asked) == list(range(len(pairs)))
    first, second = pairs.identities()
    for asked, known in learnt[10:]:
        people_of = [{*first[list(some)], *second[list(some)]} for some in (asked, known)]
        assert not people_of[0] & people_of[1]


def test_pairs_without_a_face_are_wrong_and_not_learnt_from():
    vectors, people = crowd(12, 5, spread=0.05)
    vectors[3] = np.nan
    pairs = sample_pairs(people, folds=4)
    (found,) = pair_classifiers(vectors, pairs)
    without = ((pairs.first == 3) | (pairs.second == 3)).mean()
    assert found.accuracy <= 1 - without


def test_two_folds_are_enough_and_too_few_pairs_are_no_classifier():
    vectors, people = crowd(6, 4, spread=0.1)
    pairs = sample_pairs(people, folds=2)
    assert pair_classifiers(vectors, pairs)
    vectors[:] = np.nan
    assert pair_classifiers(vectors, pairs) == ()
