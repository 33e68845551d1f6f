from dataclasses import replace

import numpy as np
import pytest

from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.recognition.threshold import resolve_threshold
from triptych.frame.errors import ConfigError, EncoderMismatchError

from ..calibration.test_calibration import SOME


class Tiny(Encoder):
    """An encoder that is never asked for anything."""

    name, fingerprint, size = "tiny", "tiny-1", 2
    height = width = 4
    channels, template = 3, None

    def encode(self, crops: Crops) -> Vectors:
        return np.zeros((len(crops), 2), np.float32)


def calibrated() -> Tiny:
    encoder = Tiny()
    encoder.calibration = SOME
    return encoder


def test_the_encoders_own_threshold_is_the_last_resort():
    nearer = replace(SOME, threshold=0.9, target_far=1e-2)
    assert resolve_threshold(calibrated()).threshold == 1.1
    assert resolve_threshold(calibrated(), None, None, nearer).threshold == 0.9
    assert resolve_threshold(calibrated(), 0.5, nearer).threshold == 0.5


def test_a_rate_is_stated_only_for_the_threshold_it_belongs_to():
    assert resolve_threshold(calibrated()).far == 1e-3
    assert resolve_threshold(calibrated(), 0.5).far is None
    assert resolve_threshold(calibrated(), 0.5).probability(1.2) == pytest.approx(0.5)


def test_without_any_calibration_a_threshold_must_be_given():
    with pytest.raises(ConfigError, match="faces calibrate"):
        resolve_threshold(Tiny())
    assert resolve_threshold(Tiny(), 1.0).probability(0.3) is None and resolve_threshold(
        Tiny(), 1.0
    ).accepts(1.0)


def test_a_threshold_of_another_encoder_is_refused():
    with pytest.raises(EncoderMismatchError, match="tiny-2"):
        resolve_threshold(calibrated(), None, replace(SOME, encoder="tiny-2"))


@pytest.mark.parametrize("threshold", [-0.1, 2.1, float("nan"), float("inf")])
def test_a_threshold_that_is_no_distance_is_refused(threshold: float):
    with pytest.raises(ConfigError, match="between 0 and 2"):
        resolve_threshold(calibrated(), threshold)
