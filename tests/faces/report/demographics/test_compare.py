"""The threshold that errors by group are counted at."""

import numpy as np
import pytest

from triptych.faces.report.demographics.compare import errors_by_group
from triptych.faces.report.demographics.groups_file import PhotoGroups
from triptych.frame.errors import ConfigError

from ..test_evaluate import calibration

VECTORS = np.eye(8, dtype=np.float32)
PEOPLE = [f"p{row // 2}" for row in range(8)]
GROUPS = PhotoGroups(("a", "b") * 4, (), ())


def test_it_is_the_calibrated_one_and_its_rate_asks_for_pairs():
    told = errors_by_group(GROUPS, PEOPLE, VECTORS, calibration(), None, 0)
    assert told and told.threshold == 0.9 and not told.across["a", "b"].enough


def test_without_groups_there_is_nothing_and_without_a_threshold_it_is_said():
    assert errors_by_group(None, PEOPLE, VECTORS, None, None, 0) is None
    with pytest.raises(ConfigError, match="--calibration"):
        errors_by_group(GROUPS, PEOPLE, VECTORS, None, None, 0)
