"""Figures by weights: those of images that are copied as often as they weigh."""

import numpy as np
import torch

from triptych.multitask.detection.average_precision import average_precision
from triptych.multitask.report.estimation.statistics import (
    AveragePrecisionStatistic,
    ClassMeanStatistic,
    FoundOfClass,
    MeanStatistic,
    RatioStatistic,
)

WEIGHTS = np.array([[1, 1, 1], [2, 0, 1]], float)


def test_a_mean_leaves_out_images_that_do_not_count():
    statistic = MeanStatistic(np.array([1.0, 0.25, np.nan]))
    assert statistic.values(WEIGHTS).tolist() == [0.625, 1.0]
    assert np.isnan(MeanStatistic(np.full(3, np.nan)).values(WEIGHTS)).all()


def test_a_ratio_pools_before_it_divides():
    statistic = RatioStatistic(np.array([1.0, 2, 3]), np.array([2.0, 2, 4]))
    assert statistic.values(WEIGHTS).tolist() == [6 / 8, 5 / 8]


def test_classes_that_are_nowhere_do_not_count():
    above = np.array([[1.0, 0], [0, 0], [2, 0]])
    below = np.array([[2.0, 0], [0, 4], [2, 0]])
    values = ClassMeanStatistic(above, below).values(WEIGHTS)
    assert values.tolist() == [(3 / 4 + 0) / 2, 4 / 6]


def test_average_precision_is_that_of_images_copied_as_often_as_they_weigh():
    rng = np.random.default_rng(3)
    image = rng.integers(3, size=40)
    right = rng.random((40, 2)) < 0.6
    scores = rng.permutation(40) / 40  # no ties: the order of equal scores is anyone's
    found = FoundOfClass(image, scores, right, np.zeros((40, 2), bool), np.array([12, 15, 9]))
    values = AveragePrecisionStatistic([found]).values(WEIGHTS)
    for times, value in zip(WEIGHTS.astype(int), values):
        rows = np.repeat(np.arange(40), times[image])
        known = average_precision(
            torch.tensor(scores[rows]),
            torch.tensor(right[rows]),
            torch.zeros(len(rows), 2, dtype=torch.bool),
            int(times @ found.there),
        )
        assert np.isclose(value, float(known.mean()), atol=1e-6)
