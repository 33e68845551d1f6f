"""McNemar's exact test is SciPy's binomial test of the images that only one is right about."""

import pytest
from scipy.stats import binomtest

from triptych.multitask.report.estimation.mcnemar import mcnemar_p


@pytest.mark.parametrize("pair", [(0, 1), (3, 3), (2, 9), (40, 71), (145, 3415), (900, 1000)])
def test_it_is_the_binomial_test(pair: tuple[int, int]):
    assert mcnemar_p(*pair) == pytest.approx(binomtest(pair[0], sum(pair)).pvalue)
    assert mcnemar_p(*pair) == mcnemar_p(*pair[::-1])


def test_where_nothing_changed_nothing_differs():
    assert mcnemar_p(0, 0) == 1
