"""Errors over the share of pairs rejected for their quality."""

import numpy as np
import pytest

from triptych.faces.metrics.error_versus_discard import error_versus_discard
from triptych.frame.errors import ConfigError


def pairs(count: int, knows: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances, kinds and qualities of which the share `knows` tells the distance."""
    rng = np.random.default_rng(seed)
    same = np.arange(2 * count) < count
    hard = rng.random(2 * count)
    distances = np.where(same, 0.5 + 0.8 * hard, 1.6 - 0.8 * hard)
    return distances, same, knows * (1 - hard) + (1 - knows) * rng.random(2 * count)


def by_hand(wrong: np.ndarray, quality: np.ndarray, share: float) -> float:
    """The error rate without the worst `share`, pair by pair."""
    order = sorted(range(len(wrong)), key=lambda row: quality[row])
    left = order[int(share * len(order)) :]
    return float(np.mean([wrong[row] for row in left]))


@pytest.mark.parametrize("knows", [0.0, 0.5, 1.0])
def test_what_is_left_is_counted_as_by_hand(knows: float):
    distances, same, quality = pairs(1000, knows)
    curve = error_versus_discard(distances, same, quality, 1.1)
    for share in (0, 0.1, 0.2, 0.5):
        expected = by_hand((distances > 1.1)[same], quality[same], share)
        assert curve.fnmr_at(share) == pytest.approx(expected, abs=1e-9)
    middle = np.searchsorted(curve.impostor_discarded, 0.5)
    expected = by_hand((distances <= 1.1)[~same], quality[~same], 0.5)
    assert curve.fmr[middle] == pytest.approx(expected, abs=1e-9)


def test_gain_is_one_for_a_score_that_knows_all_and_none_for_one_that_knows_nothing():
    gains = []
    for knows in (0.0, 0.7, 1.0):
        curve = error_versus_discard(*pairs(20_000, knows), 1.1)
        gains.append(curve.metrics()["gain"])
    assert gains[0] == pytest.approx(0, abs=0.05)
    assert gains[2] == pytest.approx(1, abs=0.02) and 0.2 < gains[1] < gains[2]
    distances, same, quality = pairs(20_000, 1.0)
    assert error_versus_discard(distances, same, -quality, 1.1).gain < -0.1
    assert error_versus_discard(distances, same, quality, 1.9).metrics()["gain"] is None


def test_a_photo_without_a_face_is_an_error_until_it_is_rejected():
    same = np.arange(80) < 40
    distances = np.where(same, 0.5, 1.5)
    quality = np.full(80, 0.9)
    distances[[0, 1, 2, 3, 40]], quality[[0, 1, 2, 3, 40]] = np.nan, 0.0
    curve = error_versus_discard(distances, same, quality, 1.1)
    assert curve.fnmr.tolist() == [0.1, 0] and curve.fmr.tolist() == [1 / 40, 0]
    assert curve.genuine_discarded.tolist() == [0, 0.1]
    assert curve.metrics()["fnmr_without_worst_10"] == 0
    assert curve.metrics().keys() == curve.definitions().keys()


def test_pairs_of_one_quality_go_together_and_too_few_left_are_no_rate():
    distances, same, _ = pairs(100, 0.5)
    curve = error_versus_discard(distances, same, np.full(200, 0.5), 1.1)
    assert curve.genuine_discarded.tolist() == [0]
    curve = error_versus_discard(distances, same, np.linspace(0, 1, 200), 1.1)
    assert curve.genuine_discarded[-1] == 0.7


def test_without_pairs_of_both_kinds_or_without_quality_it_is_refused():
    distances, same, quality = pairs(10, 0.5)
    with pytest.raises(ConfigError, match="two"):
        error_versus_discard(distances[:10], same[:10], quality[:10], 1.1)
    with pytest.raises(ConfigError, match="no face was looked for"):
        error_versus_discard(distances, same, np.full(20, np.nan), 1.1)
