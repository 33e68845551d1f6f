"""The calibration error by hand, and of probabilities that are true."""

import numpy as np
import pytest

from triptych.multitask.report.estimation.reliability import BINS, reliability, softmax


def test_the_calibration_error_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.35, 0.65], [0.4, 0.6]])
    found = reliability(probabilities, np.array([0, 1, 1, 1]))
    # three bins: 0.9 twice, half right; 0.65 and 0.6, each right
    assert found.ece == pytest.approx((2 * 0.4 + 0.35 + 0.4) / 4)
    assert found.counts.sum() == 4 and len(found.counts) == BINS


def test_probabilities_that_are_true_have_almost_no_error():
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 40_000)
    truth = (rng.random(40_000) > sure).astype(int)
    found = reliability(np.stack([sure, 1 - sure], 1), truth)
    assert found.ece < 0.01


def test_a_temperature_makes_less_sure_and_changes_no_answer():
    logits = np.array([[3.0, 1.0, -2.0]])
    plain, warm = softmax(logits), softmax(logits, 2.0)
    assert plain.sum() == pytest.approx(1) and warm.max() < plain.max()
    assert warm.argmax() == plain.argmax()
    assert softmax(np.array([[1000.0, 0.0]])).tolist() == [[1.0, 0.0]]
