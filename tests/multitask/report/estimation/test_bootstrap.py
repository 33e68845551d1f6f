"""Intervals hold what they say, groups widen them, pairs narrow differences."""

import numpy as np
import pytest
from scipy.stats import binomtest

from triptych.multitask.report.estimation.bootstrap import Estimate, Resampling, wilson_interval
from triptych.multitask.report.estimation.statistics import MeanStatistic


def interval(groups: np.ndarray, values: np.ndarray) -> Estimate:
    return Resampling(groups).estimates({"mean": MeanStatistic(values)})["mean"]


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation():
    values = np.random.default_rng(1).normal(0.5, 0.1, 2000)
    found = interval(np.arange(2000), values)
    reach = 1.96 * values.std() / np.sqrt(2000)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - reach, abs=reach / 8)
    assert found.high == pytest.approx(values.mean() + reach, abs=reach / 8)


def test_intervals_of_95_percent_hold_the_truth_in_about_95_of_100_draws():
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        found = interval(np.arange(100), rng.exponential(1, 100))
        held += found.low <= 1 <= found.high
    assert 176 <= held <= 198  # short of 190 in the mean, for 100 exponential values are skewed


def test_images_of_a_group_are_drawn_together():
    groups = np.repeat(np.arange(50), 20)
    values = np.random.default_rng(3).normal(0, 1, 50)[groups]
    apart, together = (interval(of, values) for of in (np.arange(1000), groups))
    ratio = (together.high - together.low) / (apart.high - apart.low)
    assert ratio == pytest.approx(np.sqrt(20), rel=0.15)


def test_a_share_without_an_error_is_not_told_as_certain():
    found = interval(np.arange(60), np.ones(60))
    assert found.value == 1 and found.high == 1
    assert found.low == pytest.approx(wilson_interval(1, 60)[0])


@pytest.mark.parametrize(("right", "count"), [(0, 5), (7, 9), (60, 60)])
def test_wilsons_interval_is_that_of_scipy(right: int, count: int):
    known = binomtest(right, count).proportion_ci(method="wilson")
    assert wilson_interval(right / count, count) == pytest.approx((known.low, known.high))


def test_a_difference_on_the_same_images_is_surer_than_either_figure():
    rng = np.random.default_rng(4)
    first = rng.normal(0.5, 0.2, 500)
    second = first + rng.normal(0.01, 0.01, 500)
    before = {"other": MeanStatistic(first), "same": MeanStatistic(first)}
    after = {"other": MeanStatistic(second), "same": MeanStatistic(first)}
    found = Resampling(np.arange(500)).differences(before, after)
    assert 0.005 < found["other"].low < found["other"].value < found["other"].high < 0.015
    assert found["same"].to_dict() == {"value": 0, "low": 0, "high": 0}


def test_the_interval_of_a_difference_of_shares_is_that_of_paired_proportions():
    rng = np.random.default_rng(5)
    first = (rng.random(2000) < 0.8).astype(float)
    second = np.where(rng.random(2000) < 0.12, 1 - first, first)
    found = Resampling(np.arange(2000)).differences(
        {"accuracy": MeanStatistic(first)}, {"accuracy": MeanStatistic(second)}
    )["accuracy"]
    gained, lost = ((second > first).mean(), (second < first).mean())
    error = np.sqrt((gained + lost - (gained - lost) ** 2) / 2000)
    assert found.value == pytest.approx(gained - lost)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.06)
    assert found.low < found.value < found.high


def test_a_share_with_an_error_added_falls_by_as_much():
    first = np.random.default_rng(6).random(1000) < 0.9
    second = first & (np.arange(1000) % 20 > 0)  # about one in twenty is lost
    found = Resampling(np.arange(1000)).differences(
        {"accuracy": MeanStatistic(first.astype(float))},
        {"accuracy": MeanStatistic(second.astype(float))},
    )["accuracy"]
    assert found.high < 0
    assert found.low < second.mean() - first.mean() < found.high


def test_figures_of_unequal_numbers_of_rounds_are_drawn_of_the_same_images():
    class Short(MeanStatistic):
        rounds = 150

    values = np.random.default_rng(7).random(300)
    resampling = Resampling(np.arange(300))
    long, short = MeanStatistic(values), Short(values)
    for first, second in ((long, short), (short, long)):
        found = resampling.differences({"a": first, "only": first}, {"a": second})
        assert found["a"].to_dict() == {"value": 0, "low": 0, "high": 0}
        assert "only" not in found
