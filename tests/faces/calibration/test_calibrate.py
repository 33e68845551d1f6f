import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.faces.calibration.calibrate import calibrate
from triptych.faces.calibration.calibration import Calibration, shipped_calibration
from triptych.faces.embeddings import Embeddings, euclidean_distances
from triptych.faces.encoders import dlib, dlib_mobilefacenet, mobilefacenet
from triptych.faces.metrics.bootstrap import bootstrap_counts
from triptych.frame.errors import ConfigError
from triptych.frame.progress import ProgressEvent


def crowd(counts: Sequence[int], *, spread: float = 0.6, size: int = 16, seed: int = 0):
    """So many photos of each person, in random order; people differ in how alike others they
    look."""
    chance = np.random.default_rng(seed)
    labels = chance.permutation(np.repeat(np.arange(len(counts)), counts))
    centres = chance.normal(size=(len(counts), size)) + chance.normal(size=size)
    vectors = centres[labels] + spread * chance.normal(size=(len(labels), size))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    people = tuple(f"person {label}" for label in labels)
    return Embeddings(vectors, tuple(map(str, range(len(people)))), people, "test-1")


def all_pairs(encodings: Embeddings) -> tuple[np.ndarray, np.ndarray]:
    """The distances of all pairs, and which are of one person."""
    first, second = np.triu_indices(len(encodings), 1)
    people = np.array(encodings.identities)
    found = euclidean_distances(encodings.vectors, encodings.vectors)[first, second].astype(
        np.float64
    )
    return found, people[first] == people[second]


@pytest.mark.parametrize("far", [0.5, 0.1, 0.01, 0.004])
def test_the_threshold_accepts_the_share_asked_for_and_no_more(far: float):
    encodings = crowd([6] * 15)
    found = calibrate(encodings, far=far, rounds=50)
    apart, same = all_pairs(encodings)
    accepted = int((apart[~same] <= found.threshold).sum())
    assert accepted == math.floor(far * (~same).sum())
    assert found.far == accepted / (~same).sum() <= far == found.target_far
    # in the middle between the last pair accepted and the first rejected
    gap = np.sort(apart[~same])[accepted - 1 : accepted + 1]
    assert found.threshold == pytest.approx(gap.mean(), abs=2**-14)


def test_what_it_was_found_on_is_told():
    found = calibrate(crowd([3, 4, 5, 6, 7, 8]), far=0.1, rounds=50, source="friends")
    assert (found.people, found.photos, found.source) == (6, 33, "friends")
    assert found.genuine_pairs == 3 + 6 + 10 + 15 + 21 + 28
    assert found.impostor_pairs == 33 * 32 // 2 - found.genuine_pairs
    assert found.encoder == "test-1"
    assert type(found).from_dict(found.to_dict()) == found


def test_the_intervals_are_those_of_people_drawn_one_by_one():
    counts = [3, 5, 8, 2, 6, 4, 7]
    encodings = crowd(counts, seed=3)
    found = calibrate(encodings, far=0.05, rounds=200, seed=9)
    photos = [np.flatnonzero(encodings.labels() == person) for person in range(len(counts))]
    thresholds = []
    for times in bootstrap_counts(len(counts), 200, seed=9):
        drawn = [person for person, count in enumerate(times) for _ in range(count)]
        apart = np.concatenate(
            [
                euclidean_distances(
                    encodings.vectors[photos[a]], encodings.vectors[photos[b]]
                ).ravel()
                for place, a in enumerate(drawn)
                for b in drawn[:place]
                if a != b
            ]
        )
        thresholds.append(np.quantile(apart, 0.05))
    known = np.quantile(thresholds, (0.025, 0.975))
    assert np.allclose((found.threshold_low, found.threshold_high), known, atol=0.01)
    apart, same = all_pairs(encodings)
    for threshold, rate in (
        (found.threshold_low, found.far_low),
        (found.threshold_high, found.far_high),
    ):
        assert rate == pytest.approx((apart[~same] <= threshold).mean(), abs=2 / (~same).sum())


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_estimates_lie_in_their_intervals(seed: int):
    chance = np.random.default_rng(seed)
    found = calibrate(crowd(chance.integers(1, 9, 12) + 1, seed=seed), far=0.05, rounds=40)
    assert found.threshold_low <= found.threshold <= found.threshold_high
    assert found.far_low <= found.far <= found.far_high
    probabilities = [found.probability(distance) for distance in np.linspace(0, 2, 9)]
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_smaller_rate_has_a_smaller_threshold():
    encodings = crowd([8] * 12)
    thresholds = [calibrate(encodings, far=far, rounds=20).threshold for far in (0.3, 0.1, 0.01)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_the_order_of_photos_does_not_matter():
    encodings = crowd([8] * 12)
    order = np.random.default_rng(1).permutation(len(encodings))
    mixed = Embeddings(
        encodings.vectors[order],
        encodings.photos,
        tuple(encodings.identities[place] for place in order),
        "test-1",
    )
    one, other = (calibrate(each, far=0.01, rounds=20) for each in (encodings, mixed))
    assert one.threshold == pytest.approx(other.threshold, abs=1e-4)
    assert one.far_high == pytest.approx(other.far_high)


@pytest.mark.slow
def test_intervals_hold_the_true_rate_as_often_as_they_say():
    """Of 60 crowds from one population, at least 52 intervals hold what the threshold does to
    the population; 95 % would be 57, and fewer than 52 have a chance of 1 in 200."""
    population = crowd([4] * 700, seed=100, size=12)
    held = 0
    for trial in range(60):
        chosen = np.random.default_rng(trial).choice(700, 25, replace=False)
        mine = np.isin(population.labels(), chosen)
        people = tuple(person for person, own in zip(population.identities, mine) if own)
        some = Embeddings(population.vectors[mine], people, people, "test-1")
        found = calibrate(some, far=0.01, rounds=300, seed=trial)
        others = population.vectors[~mine][:1200], population.labels()[~mine][:1200]
        apart, two = euclidean_distances(others[0], others[0]), others[1][:, None] != others[1]
        held += found.far_low <= (apart[two] <= found.threshold).mean() <= found.far_high
    assert held >= 52


@pytest.mark.parametrize("counts, far", [([4] * 10, 0.01), ([3, 7, 5, 20, 1], 0.005)])
def test_a_rate_beyond_the_pairs_is_refused_and_what_is_enough_is_enough(counts, far):
    with pytest.raises(ConfigError) as caught:
        calibrate(crowd(counts), far=far)
    told = str(caught.value)
    assert f"needs {math.ceil(10 / far):,} pairs of two people" in told and "\n" not in told
    people, each, photos = (
        int(number.replace(",", ""))
        for number in re.search(
            r"Enough are ([\d,]+) people with ([\d,]+) photos each, or ([\d,]+) photos", told
        ).groups()  # pyright: ignore
    )
    supported = float(re.search(r"rate of ([\d.e-]+) or more", told).group(1))  # pyright: ignore
    assert calibrate(crowd([each] * people), far=far, rounds=5).target_far == far
    assert calibrate(crowd([photos] * len(counts)), far=far, rounds=5).target_far == far
    assert calibrate(crowd(counts), far=supported, rounds=5).target_far == supported
    # and not one person, one photo more than needed
    for fewer in ([each] * (people - 1), [photos - 1] * len(counts)):
        with pytest.raises(ConfigError):
            calibrate(crowd(fewer), far=far)


@pytest.mark.parametrize(
    "counts, far, told",
    [
        ([9] * 4, 0.1, "Expected 5 people at least to find a threshold on, got 4"),
        ([], 0.1, "got 0"),
        ([1] * 30, 0.1, "Expected 10 pairs of photos of one person at least, got 0"),
        ([5] * 9, 0.0, "between 0 and 1, got 0.0"),
        ([5] * 9, 1.0, "between 0 and 1"),
        ([5] * 9, float("nan"), "between 0 and 1"),
    ],
)
def test_too_few_people_or_a_rate_that_is_none_are_refused(counts, far: float, told: str):
    with pytest.raises(ConfigError, match=re.escape(told)):
        calibrate(crowd(counts), far=far)


def test_photos_of_nobody_are_refused():
    encodings = crowd([5] * 9)
    people = ("", *encodings.identities[1:])
    with pytest.raises(ConfigError, match="who is in each photo"):
        calibrate(Embeddings(encodings.vectors, encodings.photos, people, "test-1"))


def test_the_same_photo_in_many_folders_is_refused():
    """An encoder that has collapsed, too: nothing can be told apart."""
    vectors = np.tile(np.eye(1, 16, dtype=np.float32), (60, 1))
    people = tuple(f"p{place % 6}" for place in range(60))
    with pytest.raises(ConfigError, match=r"1,500 lie at one distance \(0\)"):
        calibrate(Embeddings(vectors, people, people, "test-1"), far=0.1)


def test_the_watcher_hears_of_both_rounds():
    heard: list[ProgressEvent] = []
    calibrate(crowd([5] * 9), far=0.1, rounds=5, progress=heard.append)
    assert [(step.done, step.total) for step in heard] == [(45, 90), (90, 90)]


@pytest.mark.parametrize("spread", [0.05, 30.0])
def test_people_all_apart_or_all_alike_still_have_a_probability(spread: float):
    found = calibrate(crowd([6] * 15, spread=spread), far=0.05, rounds=20)
    assert np.isfinite([found.slope, found.intercept]).all() and found.slope <= 0
    near, far = found.probability(0.0), found.probability(2.0)
    assert 0 <= far <= near <= 1


@pytest.mark.parametrize("encoder", [dlib, dlib_mobilefacenet, mobilefacenet])
def test_the_threshold_an_encoder_comes_with_is_for_its_vectors(encoder):
    calibration = shipped_calibration(encoder.CALIBRATION, encoder.FINGERPRINT)
    assert calibration is not None and calibration.encoder == encoder.FINGERPRINT
    assert calibration.far_low <= calibration.far <= calibration.target_far == 1e-3
    assert calibration.threshold_low <= calibration.threshold <= calibration.threshold_high
    near, far = (share * calibration.threshold for share in (0.5, 1.5))
    assert calibration.probability(near) > 0.99 and calibration.probability(far) < 0.05


def test_a_threshold_found_for_another_encoder_is_not_taken(tmp_path: Path):
    path = tmp_path / "calibration.json"
    Calibration("mine-1", 1.0, 0.9, 1.1, *[0.01] * 4, -9.0, 9.0, 5, 9, 9, 9, "photos").save(path)
    assert shipped_calibration(path, "mine-1") is not None
    assert shipped_calibration(path, "mine-2") is None
    assert shipped_calibration(tmp_path / "none.json", "mine-1") is None
