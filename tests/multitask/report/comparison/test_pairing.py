"""A difference is told as better or worse only where its interval leaves no doubt."""

from math import nan

import pytest

from triptych.multitask.report.comparison.pairing import Difference
from triptych.multitask.report.estimation.bootstrap import Estimate


@pytest.mark.parametrize(
    ("ends", "lower_is_better", "verdict"),
    [
        ((0.01, 0.03), False, "better"),
        ((0.01, 0.03), True, "worse"),
        ((-0.03, -0.01), False, "worse"),
        ((-0.03, -0.01), True, "better"),
        ((-0.01, 0.03), False, ""),
        ((0.0, 0.0), False, ""),
        ((nan, nan), False, ""),
    ],
)
def test_verdicts(ends: tuple[float, float], lower_is_better: bool, verdict: str):
    middle = sum(ends) / 2
    one = Difference(0.5, 0.5 + middle, Estimate(middle, *ends), lower_is_better)
    assert one.verdict == verdict
    assert one.to_dict()["verdict"] == (verdict or None)
