"""Errors by group as plot, tables and CSV."""

import csv
from io import StringIO

from triptych.faces.metrics.group_errors import ErrorRate, GroupComparison, GroupErrors
from triptych.faces.report.demographics.section import (
    FEW,
    group_csv,
    group_figures,
    group_rates,
    group_section,
)
from triptych.frame.drawing.html_page import Table

GOOD, BAD = ErrorRate(10, 1000, 0.004, 0.02, True), ErrorRate(40, 1000, 0.02, 0.06, True)
LITTLE = ErrorRate(1, 12, 0.0, 0.4, False)
THREE = GroupComparison(
    1.112,
    (
        GroupErrors("a, <b>", 20, 100, 1, GOOD, BAD),
        GroupErrors("c" * 50, 30, 150, 0, BAD, GOOD),
        GroupErrors("few", 3, 9, 0, LITTLE, LITTLE),
    ),
    {("a, <b>", "c" * 50): GOOD, ("a, <b>", "few"): LITTLE},
)
ONE = GroupComparison(1.1, (GroupErrors("few", 3, 9, 0, LITTLE, LITTLE),), {})


def tables(comparison: GroupComparison) -> list[Table]:
    parts = group_section(comparison, 1e-3).parts
    return [part for part in parts if isinstance(part, Table)]


def test_a_row_a_group_and_one_for_groups_across():
    groups, across = tables(THREE)
    assert [row[0] for row in groups.rows] == ["a, <b>", "c" * 50, "few"]
    assert groups.rows[0][3:5] == ("97.5\xa0%", "1\xa0%") and groups.rows[2][5] == FEW
    assert [row[0] for row in across.rows] == [f"a, <b> × {'c' * 50}"]


def test_the_words_set_worst_against_best():
    first, _ = group_section(THREE, 1e-3).paragraphs
    assert "FNMR is 4 times as high" in first and "false accept rate of 0.1\xa0%" in first
    assert "cannot be set against each other" in group_section(ONE, None).paragraphs[0]


def test_the_plot_has_a_dot_for_each_rate_that_is_known():
    left, right = group_rates(THREE, title="t").axes
    for axes in (left, right):
        assert len([line for line in axes.lines if line.get_marker() == "o"]) == 2
        assert [text.get_text() for text in axes.texts] == [FEW]
    assert left.get_yticklabels()[1].get_text().endswith("…")
    assert len(group_figures(THREE)) == 1 and group_figures(ONE) == []


def test_the_csv_is_read_back_with_empty_cells_for_too_few():
    rows = [*csv.DictReader(StringIO(group_csv(THREE)))]
    assert [row["group"] for row in rows] == ["a, <b>", "c" * 50, "few"]
    assert float(rows[0]["fnmr"]) == 0.01 and float(rows[0]["fmr_high"]) == 0.06
    assert rows[2]["fnmr"] == rows[2]["accuracy"] == "" and rows[2]["genuine_pairs"] == "12"
