import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from triptych.faces.calibration.platt import fit_platt

LEVELS = np.linspace(0.05, 1.95, 20)


def counts(centre: float, width: float, pairs: int) -> np.ndarray:
    share = np.exp(-(((LEVELS - centre) / width) ** 2))
    return np.round(pairs * share / share.sum()).astype(np.int64)


def test_the_curve_is_that_of_scikit_learn():
    same, different = counts(0.9, 0.3, 3000), counts(1.3, 0.25, 50_000)
    slope, intercept = fit_platt(LEVELS, same, different)
    # Platt's targets as pairs of weights: either answer, each as sure as it may be
    sure, unsure = (same.sum() + 1) / (same.sum() + 2), 1 / (different.sum() + 2)
    yes = sure * same / same.sum() + unsure * different / different.sum()
    no = same / same.sum() + different / different.sum() - yes
    model = LogisticRegression(C=1e9, tol=1e-10, max_iter=10_000)
    model.fit(np.tile(LEVELS, 2)[:, None], np.repeat([1, 0], 20), np.append(yes, no))
    assert slope == pytest.approx(model.coef_[0, 0], rel=1e-3)
    assert intercept == pytest.approx(model.intercept_[0], rel=1e-3)


def test_both_answers_weigh_the_same_however_many_pairs_there_are():
    few, many = counts(0.9, 0.3, 10**4), counts(1.3, 0.3, 10**7)
    slope, intercept = fit_platt(LEVELS, few, many)
    assert -intercept / slope == pytest.approx(1.1, abs=0.01)  # even odds lie midway


def test_pairs_that_are_told_apart_without_error_keep_the_curve_finite():
    same, different = np.zeros((2, 20), np.int64)
    same[3], different[15] = 50, 70
    slope, intercept = fit_platt(LEVELS, same, different)
    assert slope < 0 and np.isfinite([slope, intercept]).all()
    sure = 1 / (1 + np.exp(-(intercept + slope * LEVELS[3])))
    assert sure == pytest.approx(51 / 52)


def test_a_curve_that_would_rise_is_level():
    slope, intercept = fit_platt(LEVELS, counts(1.3, 0.3, 1000), counts(0.8, 0.3, 1000))
    assert slope == 0 and abs(intercept) < 0.01


@given(st.lists(st.integers(0, 1000), min_size=40, max_size=40))
def test_the_curve_never_rises(numbers: list[int]):
    same, different = np.array(numbers, np.int64).reshape(2, 20)
    same[0] += 1
    different[5] += 1
    slope, intercept = fit_platt(LEVELS, same, different)
    assert slope <= 0 and np.isfinite([slope, intercept]).all()
