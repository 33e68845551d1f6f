import numpy as np
import pytest

from triptych.multitask.synthesis.digit_paths import DIGIT_PATHS
from triptych.multitask.synthesis.strokes import (
    SEGMENTS,
    load_strokes,
    parse_points,
    segment_weights,
)


def test_every_digit_is_written_in_several_ways():
    assert sorted(DIGIT_PATHS) == list(range(10))
    assert all(len(paths) >= 5 for paths in DIGIT_PATHS.values())


@pytest.mark.parametrize("digit", DIGIT_PATHS)
def test_points_lie_on_the_grid_and_fill_its_height(digit: int):
    for _, path in DIGIT_PATHS[digit]:
        points = parse_points(path)
        assert points.min() >= 0 and points.max() <= 100
        assert np.ptp(points[:, 1]) >= 70


@pytest.mark.parametrize("digit", DIGIT_PATHS)
def test_pieces_are_short_and_start_and_end_with_the_path(digit: int):
    for _, path in DIGIT_PATHS[digit]:
        points = parse_points(path)
        starts, ends = segment_weights(path, SEGMENTS) @ points
        assert np.allclose(starts[0], points[0]) and np.allclose(ends[-1], points[-1])
        assert np.linalg.norm(ends - starts, axis=1).max() < 12


def test_a_corner_stays_sharp_and_a_lifted_pen_leaves_a_gap():
    starts, ends = segment_weights("0,0 9,0! 9,9; 1,1 2,2", 10) @ parse_points(
        "0,0 9,0! 9,9; 1,1 2,2"
    )
    assert [9, 0] in ends.tolist() and [9, 0] in starts.tolist()
    gaps = np.linalg.norm(starts[1:] - ends[:-1], axis=1)
    assert np.count_nonzero(gaps > 1e-9) == 1


def test_shares_of_the_paths_of_a_digit_sum_to_one():
    assert np.allclose(load_strokes().probabilities.sum(1), 1)
