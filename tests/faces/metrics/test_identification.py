import numpy as np
import pytest

from triptych.faces.metrics.identification import evaluate_identification
from triptych.frame.errors import ConfigError


def at(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def crowd(people: int, photos: int, spread: float = 0.8, seed: int = 0):
    chance = np.random.default_rng(seed)
    labels = chance.permutation(np.repeat(np.arange(people), photos))
    vectors = chance.normal(size=(people, 12))[labels]
    vectors = vectors + spread * chance.normal(size=vectors.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return vectors, [f"p{label}" for label in labels]


def test_photos_nearest_to_their_own_first_photo_are_identified():
    # a is enrolled at 0°, b at 90°; b's photo at 30° is nearer to a
    found = evaluate_identification(at(0, 10, 90, 30, 80), ["a", "a", "b", "b", "b"])
    assert found.probes.tolist() == [1, 3, 4] and found.correct.tolist() == [True, False, True]
    assert found.rank1 == pytest.approx(2 / 3)


def test_a_photo_as_near_to_another_is_not_identified():
    assert evaluate_identification(at(0, 0, 0, 90), ["a", "a", "b", "b"]).correct.tolist() == [
        False,
        False,
    ]


def test_photos_without_a_face_and_people_enrolled_by_one_are_missed():
    vectors = at(0, 5, 6, 90, 95, 96)
    people = ["a", "a", "a", "b", "b", "b"]
    vectors[1] = np.nan
    assert evaluate_identification(vectors, people).correct.tolist() == [False, True, True, True]
    vectors[3] = np.nan
    assert evaluate_identification(vectors, people).correct.tolist() == [False, True, False, False]


def test_every_photo_is_compared_with_every_first_one():
    vectors, people = crowd(15, 6)
    found = evaluate_identification(vectors, people)
    firsts = {person: people.index(person) for person in people}
    for probe, right in zip(found.probes, found.correct):
        near = {who: np.linalg.norm(vectors[probe] - vectors[i]) for who, i in firsts.items()}
        assert right == (min(near, key=near.__getitem__) == people[probe])
    assert len(found.probes) == 75 and found.ci_low < found.rank1 < found.ci_high


def test_strangers_and_enrolled_people_are_all_photos_of_two_halves():
    vectors, people = crowd(10, 4, spread=0.1)
    found = evaluate_identification(vectors, people, splits=7)
    assert found.curve.genuine == 7 * 5 * 3 and found.curve.impostor == 7 * 5 * 4


def test_one_split_of_two_people_as_worked_by_hand():
    # whoever is enrolled, the other's photos are 60° to 120° away: distances 1 to √3
    found = evaluate_identification(
        at(0, 20, 90, 80), ["a", "a", "b", "b"], splits=40, threshold=0.9
    )
    assert found.at(0.9) == (0.0, 0.0)
    own = 2 * np.sin(np.radians([10, 5]))  # of a and b
    assert set(found.curve.thresholds[1:3].round(5)) == set(own.round(5))
    assert found.at(0.2) == (pytest.approx(found.curve.frr[1]), 0.0)
    assert found.at(2.0)[1] == 1


def test_a_nearer_stranger_in_the_gallery_misses_a_photo_at_any_threshold():
    people = ["a", "a", "b", "b", "c", "c", "d", "d"]
    vectors = at(0, 88, 90, 2, 180, 268, 270, 182)  # each second photo looks like another
    found = evaluate_identification(vectors, people, splits=60)
    assert found.rank1 == 0
    # half the time the other one is a stranger, and then it is the nearest enrolled
    assert 0 < found.curve.tar[-1] < 1


def test_a_rate_needs_photos_of_strangers():
    vectors, people = crowd(12, 5)
    metrics = evaluate_identification(vectors, people).metrics()
    assert metrics["fnir_at_fpir_1e-1"] is not None  # 30 photos of strangers
    assert metrics["fnir_at_fpir_1e-2"] is None


def test_a_photo_without_a_face_never_helps():
    vectors, people = crowd(12, 5)
    before = evaluate_identification(vectors, people, threshold=0.9)
    vectors[7] = np.nan
    after = evaluate_identification(vectors, people, threshold=0.9)
    assert after.rank1 <= before.rank1
    assert after.fnir_at(0.2) >= before.fnir_at(0.2)
    assert after.curve.eer() >= before.curve.eer()


def test_every_figure_is_defined():
    vectors, people = crowd(6, 3)
    for threshold in (None, 0.8):
        found = evaluate_identification(vectors, people, threshold=threshold)
        assert list(found.metrics()) == list(found.definitions())
        assert ("fnir_at_threshold" in found.metrics()) == (threshold is not None)


def test_people_with_one_photo_stand_in_the_gallery_only():
    found = evaluate_identification(at(0, 10, 90, 80, 15), ["a", "a", "b", "b", "c"])
    assert found.probes.tolist() == [1, 3] and found.correct.tolist() == [False, True]


@pytest.mark.parametrize("people", [["a", "a", "a", "b"], ["a", "b", "c", "d"], ["a"] * 4])
def test_people_nobody_can_be_compared_with_are_refused(people: list[str]):
    with pytest.raises(ConfigError, match="two people at least with two photos"):
        evaluate_identification(at(0, 10, 90, 80), people)
