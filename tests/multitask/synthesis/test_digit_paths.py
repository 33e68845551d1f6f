"""The paths of the digits are well formed."""

import pytest

from triptych.multitask.synthesis.digit_paths import DIGIT_PATHS
from triptych.multitask.synthesis.strokes import parse_points, split_runs


def test_every_digit_has_paths():
    assert list(DIGIT_PATHS) == list(range(10)) and all(DIGIT_PATHS.values())


@pytest.mark.parametrize("digit", DIGIT_PATHS)
def test_points_lie_on_the_grid_and_runs_have_two_or_more(digit: int):
    for weight, path in DIGIT_PATHS[digit]:
        assert weight > 0
        points = parse_points(path)
        assert points.min() >= 0 and points.max() <= 100
        assert all(run.stop - run.start >= 2 for run in split_runs(path))
