import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn import metrics as sklearn_metrics

from triptych.faces.metrics.roc import RocCurve, format_rate, pairs_eer, roc_curve
from triptych.frame.errors import ConfigError

NAN = float("nan")


def given_by(same: list[float], different: list[float]) -> RocCurve:
    known = np.arange(len(same) + len(different)) < len(same)
    return roc_curve(np.array(same + different), known)


@st.composite
def some_pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(2, 40))
    distances = draw(arrays.arrays(np.float64, count, elements=st.integers(0, 12).map(float)))
    same = draw(arrays.arrays(np.bool_, count))
    same[:2] = True, False
    distances[draw(arrays.arrays(np.bool_, count, elements=st.booleans()))] /= 7
    return distances, same


def test_rates_of_five_pairs_as_counted_by_hand():
    found = given_by([0.2, 0.6, 0.9], [0.6, 1.2])
    assert found.thresholds.tolist() == [-np.inf, 0.2, 0.6, 0.9, 1.2]
    assert found.far.tolist() == [0, 0, 0.5, 0.5, 1]
    assert np.allclose(found.frr, [1, 2 / 3, 1 / 3, 0, 0])


def test_the_equal_error_rate_lies_where_the_lines_cross():
    # from (far 0, frr 2/3) to (1/2, 1/3): 2/3 − 2/3·t·... crosses where far = 0.4
    assert np.isclose(given_by([0.2, 0.6, 0.9], [0.6, 1.2]).eer(), 0.4)
    assert given_by([0.1, 0.2], [0.8, 0.9]).eer() == 0
    assert given_by([0.8, 0.9], [0.1, 0.2]).eer() == 1
    assert given_by([0.5, 0.5], [0.5, 0.5]).eer() == 0.5


@given(some_pairs())
def test_rates_are_those_of_scikit_learn(pairs: tuple[np.ndarray, np.ndarray]):
    distances, same = pairs
    far, tar, thresholds = sklearn_metrics.roc_curve(same, -distances, drop_intermediate=False)
    found = roc_curve(distances, same)
    assert np.allclose(found.far, far) and np.allclose(found.tar, tar)
    assert np.allclose(found.thresholds[1:], -thresholds[1:])


@given(some_pairs())
def test_false_accepts_never_fall_and_false_rejects_never_rise(
    pairs: tuple[np.ndarray, np.ndarray],
):
    found = roc_curve(*pairs)
    assert (np.diff(found.far) >= 0).all() and (np.diff(found.frr) <= 0).all()
    assert found.far[-1] == 1 and found.frr[0] == 1


@given(some_pairs())
def test_equal_errors_become_the_rest_when_same_and_different_are_swapped(
    pairs: tuple[np.ndarray, np.ndarray],
):
    distances, same = pairs
    assert np.isclose(roc_curve(distances, same).eer() + roc_curve(distances, ~same).eer(), 1)


@given(some_pairs())
def test_corners_draw_the_same_line_and_no_corner_can_be_left_out(
    pairs: tuple[np.ndarray, np.ndarray],
):
    found = roc_curve(*pairs)
    kept = found.drop_intermediate()
    assert kept.eer() == pytest.approx(found.eer())
    # every point left out lies on the line of those kept
    along = found.far + found.tar
    assert np.allclose(np.interp(along, kept.far + kept.tar, kept.far), found.far)
    steps = np.diff(np.stack([kept.far, kept.tar]), axis=1)
    level = (steps[:, :-1] == 0) & (steps[:, 1:] == 0)
    assert not level.any()


@given(some_pairs(), st.floats(0, 1))
def test_the_threshold_for_a_rate_keeps_it_and_the_next_would_not(
    pairs: tuple[np.ndarray, np.ndarray], far: float
):
    distances, same = pairs
    found = roc_curve(distances, same)
    threshold = found.threshold_at_far(far)
    assert (distances[~same] <= threshold).mean() <= far + 1e-9
    beyond = distances[distances > threshold]
    if len(beyond):
        assert (distances[~same] <= beyond.min()).mean() > far
    if found.supports(far):
        assert found.tar_at(far) == (distances[same] <= threshold).mean()


def test_a_rate_needs_three_pairs_for_each_of_its_parts():
    same, different = [0.1] * 5, np.linspace(0.5, 1, 299).tolist()
    assert np.isnan(given_by(same, different).tar_at(0.01))
    assert given_by(same, [*different, 1.0]).tar_at(0.01) == 1


def test_a_photo_without_a_face_is_never_right():
    found = given_by([0.1, NAN], [0.5, 0.6, 0.7, NAN])
    assert found.tar.tolist() == [0, 0.5, 0.5, 0.5, 0.5]
    assert found.far.tolist() == [0.25, 0.25, 0.5, 0.75, 1]


@given(some_pairs(), st.data())
def test_no_rate_gains_from_photos_refused(
    pairs: tuple[np.ndarray, np.ndarray], data: st.DataObject
):
    distances, same = pairs
    refused = distances.copy()
    refused[data.draw(st.integers(0, len(distances) - 1))] = NAN
    before, after = roc_curve(distances, same), roc_curve(refused, same)
    assert after.eer() >= before.eer() - 1e-12
    for far in (0.1, 0.3, 0.8):
        assert not after.tar_at(far) > before.tar_at(far)


def test_rates_exceeded_by_photos_without_a_face_have_no_threshold():
    found = given_by([0.1], [NAN, NAN, 0.9, 1.0])
    assert np.isnan(found.threshold_at_far(0.3)) and np.isnan(found.tar_at(0.9 / 2))
    assert np.isfinite(found.threshold_at_far(0.5))


def test_all_photos_without_a_face_are_all_wrong():
    assert given_by([NAN, NAN], [NAN]).eer() == 1


def test_a_distance_without_end_is_accepted_by_no_number():
    found = given_by([0.1, np.inf], [0.5, np.inf])
    assert found.tar.tolist() == [0, 0.5, 0.5, 1] and found.threshold_at_far(0.5) == 0.5


def test_pairs_of_one_kind_only_are_refused():
    with pytest.raises(ConfigError, match="got 0 and 3"):
        given_by([], [0.1, 0.2, 0.3])
    with pytest.raises(ConfigError, match="got 1 and 0"):
        given_by([0.1], [])


@pytest.mark.parametrize("rate, text", [(0.1, "1e-1"), (1e-3, "1e-3"), (1e-10, "1e-10")])
def test_rates_are_named_by_their_exponent(rate: float, text: str):
    assert format_rate(rate) == text


def circle(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def test_the_equal_error_rate_is_that_of_all_pairs():
    # same: 10° and 90°, different: 80, 170, 70, 160, i.e. one of two rejected at 75°, half accepted
    assert pairs_eer(circle(0, 10, 80, 170), np.array([0, 0, 1, 1])) == pytest.approx(0.5)


def test_vectors_that_are_no_numbers_are_all_errors():
    assert pairs_eer(np.full((4, 2), np.nan, np.float32), np.array([0, 0, 1, 1])) == 1
