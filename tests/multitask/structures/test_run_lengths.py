import numpy as np
import pytest

from triptych.multitask.structures.run_lengths import run_lengths


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ([False, True, True], [1, 2]),
        ([True, False, True], [0, 1, 1, 1]),
        ([False, False], [2]),
        ([True], [0, 1]),
        ([], [0]),
    ],
    ids=str,
)
def test_runs_alternate_from_false(values: list[bool], runs: list[int]):
    assert run_lengths(np.array(values, bool)).tolist() == runs
