import numpy as np
import pytest

from triptych.faces.metrics._classifier_result import summarize
from triptych.faces.metrics.bootstrap import confidence_interval


def test_accuracy_is_that_of_all_and_of_each_fold():
    correct = np.array([True, True, False, True, False, False])
    people, fold = np.arange(6), np.array([0, 0, 0, 1, 1, 1])
    result = summarize("svm", correct, people, people, fold, "what it is", 3)
    assert result.accuracy == 0.5
    assert result.folds == pytest.approx((2 / 3, 1 / 3))
    interval = confidence_interval(correct, people, people, seed=3)
    assert (result.ci_low, result.ci_high) == interval
    assert (result.name, result.definition) == ("svm", "what it is")
