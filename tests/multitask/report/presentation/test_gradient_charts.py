"""Charts of gradients: what there is to draw, and which pairs where there are many."""

import numpy as np
import pytest

from triptych.frame.drawing.colors import BLUE, GREEN
from triptych.multitask.report.presentation.gradient_charts import cosine_curves, gradient_charts

COLORS = {"digit": BLUE, "box": GREEN}


def test_there_is_a_chart_for_each_kind_that_was_measured():
    rows = [
        {"epoch": e, "cosine/digit+box": 0.1 * e, "norm/digit": 1.0, "norm/box": 2.0}
        for e in (0.5, 1.5)
    ]
    assert [one.title for one in gradient_charts(rows, [], COLORS)] == [
        "gradients: cosine",
        "gradients: norm",
    ]
    learned = [{**row, "weight/digit": 3.0, "weight/box": 1.0} for row in rows]
    assert len(gradient_charts(learned, [], COLORS)) == 3
    history = [{"epoch": 1, "weight/digit": 3.0, "weight/box": 1.0}]
    assert [one.title for one in gradient_charts([], history, COLORS)] == ["learned weights"]
    assert gradient_charts([], [{"epoch": 1, "train/loss": 2.0}], COLORS) == []


def test_a_line_is_the_mean_of_five_measurements():
    values = [0.0, 0.5, 0.1, 0.2, 0.2, -0.1]
    rows = [{"epoch": number, "cosine/a+b": value} for number, value in enumerate(values)]
    dots, line, zero = cosine_curves(rows).axes[0].lines
    assert np.asarray(dots.get_ydata()) == pytest.approx(values)
    drawn = np.asarray(line.get_ydata())
    assert drawn[[0, 2, 5]] == pytest.approx([0.2, 0.2, 0.1])
    assert line.get_label() == "a, b: +0.15" and zero.get_ydata()[0] == 0


def test_of_many_pairs_those_that_agree_least_are_drawn():
    names = [f"cosine/a+{letter}" for letter in "bcdefghi"]
    rows = [{"epoch": 1.0} | {name: number / 10 for number, name in enumerate(names)}]
    labels = [str(line.get_label()) for line in cosine_curves(rows).axes[0].lines]
    assert [label for label in labels if label.startswith("a, ")] == [
        f"a, {letter}: +0.{number}0" for number, letter in enumerate("bcdefg")
    ]
