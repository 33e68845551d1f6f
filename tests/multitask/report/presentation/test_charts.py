"""Charts are drawn in both themes, also of few and of unknown values."""

import numpy as np
import pytest

from triptych.frame.drawing.colors import BLUE, DARK, LIGHT, to_hex
from triptych.frame.drawing.figures import to_bytes
from triptych.multitask.report.estimation.reliability import reliability
from triptych.multitask.report.estimation.statistics import FoundOfClass
from triptych.multitask.report.presentation.chart_style import chart
from triptych.multitask.report.presentation.charts import (
    confusion_matrix,
    overlap_by_size,
    overlap_histogram,
)
from triptych.multitask.report.presentation.line_charts import (
    curves,
    precision_recall,
    reliability_diagram,
)

NOTHING = np.full(4, np.nan)


def test_a_chart_has_a_picture_for_light_and_one_for_dark():
    found = chart(overlap_histogram(np.array([0.2, 0.9]), BLUE, "iou"), "t", "a")
    assert found.dark is not None and found.light != found.dark
    assert to_hex(DARK.background).encode() in found.dark
    assert to_hex(LIGHT.background).encode() not in found.dark
    assert found.light.lstrip().startswith(b"<?xml") and b"</svg>" in found.dark


def test_unknown_values_leave_an_empty_chart():
    for drawn in (
        overlap_histogram(NOTHING, BLUE, "iou"),
        overlap_by_size(NOTHING, NOTHING, BLUE, "iou"),
        curves([], [], colors={}, log=True),
        precision_recall({}),
    ):
        assert to_bytes(drawn, ".svg")


def test_the_rows_of_a_confusion_matrix_are_the_truth():
    counts = np.array([[3, 1], [0, 0]])
    axes = confusion_matrix(counts, ["cat", "dog"]).axes[0]
    assert {(t.get_position(), t.get_text()) for t in axes.texts} == {((0, 0), "3"), ((1, 0), "1")}
    assert axes.get_ylabel() == "truth" and axes.get_xlabel() == "answer"


def test_precision_over_recall_by_hand():
    right = np.array([[True], [False], [True]])
    ignored = np.zeros((3, 1), bool)
    found = FoundOfClass(np.zeros(3, int), np.array([0.9, 0.8, 0.7]), right, ignored, np.array([4]))
    (line,) = precision_recall({"cat": found}).axes[0].lines
    assert np.asarray(line.get_xdata()) == pytest.approx([0.25, 0.25, 0.5])
    assert np.asarray(line.get_ydata()) == pytest.approx([1, 1 / 2, 2 / 3])


def test_the_dots_of_a_reliability_diagram_are_its_bins():
    known = reliability(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1]))
    lines = reliability_diagram(known, known).axes[0].lines
    assert [line.get_label() for line in lines][1:] == ["uncalibrated", "as it answers"]
    assert np.nanmax(lines[-1].get_ydata()) == 0.5
