"""The calibration error, worked by hand."""

import pytest
import torch

from triptych.multitask.calibration.calibration_error import CalibrationError


def test_the_error_is_how_far_probability_and_accuracy_are_apart():
    metric = CalibrationError(2, 2.0)
    # at temperature 2: 0.75 of which 1 of 2 are right; 0.9 of which 2 of 2 are right
    logits = torch.tensor([[0.75, 0.25], [0.25, 0.75], [0.9, 0.1], [0.1, 0.9]]).log() * 2
    metric.update(logits, torch.tensor([0, 0, 0, 1]))
    assert float(metric.compute()) == pytest.approx((0.25 * 2 + 0.1 * 2) / 4, abs=1e-6)
    assert "temperature 2.000" in metric.definition and metric.higher_is_better is False
