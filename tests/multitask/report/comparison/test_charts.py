"""Charts of differences and of overlaps, also of nothing."""

from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from triptych.frame.drawing.colors import BLUE
from triptych.frame.drawing.figures import to_bytes
from triptych.multitask.report.comparison.charts import (
    charted_figures,
    differences,
    gains,
    overlaps,
)
from triptych.multitask.report.comparison.pairing import Difference, RunComparison
from triptych.multitask.report.estimation.bootstrap import Estimate

SURE = Difference(0.5, 0.6, Estimate(0.1, 0.05, 0.15))
UNSAID = Difference(0.5, 0.6, Estimate(0.1, np.nan, np.nan))
ERROR = Difference(0.5, 0.6, Estimate(0.1, 0.05, 0.15), lower_is_better=True)


def pair(name: str, **figures: Difference) -> RunComparison:
    named = {each.replace("_", "/", 1): one for each, one in figures.items()}
    return RunComparison(Path(name), name, named, {}, {})


def test_what_is_drawn_is_known_and_better_where_it_is_more():
    both = pair("a", box_iou=SURE, box_other=UNSAID), pair("b", boxes_counting_error=ERROR)
    assert charted_figures(both) == ["box/iou"]
    assert charted_figures([pair("a", **{"boxes_ap50:cat": SURE})]) == []


def test_each_figure_has_a_row_and_each_run_a_dot_in_it():
    runs = [pair("$a$", box_iou=SURE), pair("b", box_iou=SURE, mask_jaccard=SURE)]
    drawn = differences(runs, ["box/iou", "mask/jaccard"], {"box": BLUE})
    axes = drawn.axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [np.ravel(line.get_xdata()).tolist() for line in dots] == [[0.1]] * 3
    assert [label.get_text() for label in axes.get_yticklabels()] == ["box/iou", "mask/jaccard"]
    assert to_bytes(drawn, ".svg")


def test_gains_and_losses_beyond_the_axis_are_at_its_ends():
    values = np.concatenate([np.linspace(-0.1, 0.1, 1000), [0.9, 0, np.nan]])
    axes = gains(values, BLUE, "IoU").axes[0]
    heights = [bar.get_height() for bar in axes.patches if isinstance(bar, Rectangle)]
    assert sum(heights) == 1001 and heights[-1] > heights[-2]
    assert axes.get_xlim()[1] < 0.2


def test_unknown_values_leave_an_empty_chart():
    nothing = np.full(3, np.nan)
    assert to_bytes(overlaps(nothing, nothing, ("a", "b"), BLUE, "IoU"), ".svg")
    assert to_bytes(gains(nothing, BLUE, "IoU"), ".svg")
    assert to_bytes(gains(np.zeros(3), BLUE, "IoU"), ".svg")
