"""Painting from first to last: pixels in, a picture and its history out."""

import numpy as np
import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.frame.progress import ProgressEvent
from triptych.style.imaging.conversions import to_tensor, to_uint8
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.optimization.transfer import TransferConfig, transfer


def pixels(seed: int, height: int = 30, width: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def test_pixels_come_back_as_they_were() -> None:
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    np.testing.assert_array_equal(to_uint8(to_tensor(every)), every)
    assert to_tensor(every).is_contiguous()


def test_a_painting_tells_each_step_and_what_it_was_painted_by(tiny: FeatureExtractor) -> None:
    told: list[ProgressEvent] = []
    painted = transfer(
        pixels(0),
        pixels(1),
        method=FeatureMethod(tiny),
        progress=told.append,
        size=24,
        steps=(3, 2),
    )
    assert painted.picture.shape == (18, 24, 3)
    assert painted.settings == TransferConfig(size=24, steps=(3, 2))
    assert [(step.done, step.total) for step in told] == [(done, 5) for done in range(1, 6)]
    assert [step.metrics["total"] for step in told] == [row.total for row in painted.history]
    assert painted.seconds > 0


def test_grey_content_with_its_own_colours_stays_grey(tiny: FeatureExtractor) -> None:
    grey = pixels(0)[..., :1].repeat(3, 2)
    painted = transfer(
        *(grey, pixels(1)), method=FeatureMethod(tiny), colours="luminance", size=24, steps=(5,)
    )
    assert np.ptp(painted.picture.astype(int), axis=2).max() <= 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"strength": 1.5},
        {"strength": float("nan")},
        {"style_scale": 0.0},
        {"style_scale": float("nan")},
        {"seed": -1},
        {"steps": (0,)},
        {"init": "image"},
    ],
)
def test_settings_out_of_range_are_refused(tiny: FeatureExtractor, wrong: dict) -> None:
    with pytest.raises(ConfigError):
        transfer(pixels(0), pixels(1), method=FeatureMethod(tiny), **wrong)


def test_a_setting_there_is_none_of_is_refused_with_the_nearest(tiny: FeatureExtractor) -> None:
    with pytest.raises(UnknownNameError, match="'strength'"):
        transfer(pixels(0), pixels(1), method=FeatureMethod(tiny), strenght=0.2)
