"""Several photos of a person as one vector."""

import numpy as np
import pytest

from triptych.faces.templates.fuse import fuse

TWO = np.eye(2, dtype=np.float32)


def test_better_photos_weigh_more_and_length_is_one():
    fused = fuse(TWO, np.array([0.9, 0.3]))
    assert fused[0] / fused[1] == pytest.approx(3) and np.linalg.norm(fused) == pytest.approx(1)
    assert fuse(TWO).tolist() == fuse(TWO, np.array([0.4, 0.4])).tolist()


def test_unknown_quality_weighs_as_the_others_do_on_average():
    assert fuse(TWO, np.array([0.5, np.nan]))[0] == pytest.approx(np.sqrt(0.5))
    assert fuse(TWO, np.array([np.nan, np.nan])).tolist() == fuse(TWO).tolist()


def test_no_quality_at_all_and_opposite_photos_still_give_a_vector():
    assert fuse(TWO, np.zeros(2)).tolist() == fuse(TWO).tolist()
    opposite = np.float32([[1, 0], [-1, 0]])
    assert fuse(opposite, np.array([0.5, 0.5])).tolist() == [1, 0]
    assert fuse(TWO[:1], np.array([0.0])).tolist() == [1, 0]
