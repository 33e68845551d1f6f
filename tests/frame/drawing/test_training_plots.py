"""Learning curves: what is drawn where, and which epoch is called best."""

import math
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from triptych.frame.drawing import training_plots
from triptych.frame.drawing.colors import BACKGROUND, GREEN, to_hex
from triptych.frame.drawing.training_plots import _panels, plot_history
from triptych.frame.errors import ConfigError, DataError, WriteError
from triptych.frame.storage import images

HISTORY = [
    {"epoch": 1, "train/loss": 2.0, "val/loss": 2.1, "digit/accuracy": 0.5},
    {"epoch": 2, "train/loss": 1.0, "val/loss": 1.3, "digit/accuracy": 0.9, "box/iou": 0.2},
    {"epoch": 3, "train/loss": 0.1, "val/loss": 1.4, "digit/accuracy": math.nan, "lr": 0.01},
]


def test_losses_share_a_panel_and_each_head_has_its_own():
    panels = _panels(HISTORY, {})
    assert [*panels] == ["loss", "digit", "box"]
    assert [line.name for line in panels["loss"]] == ["train", "val"]
    assert np.isnan(panels["box"][0].values).tolist() == [True, False, True]


def test_curves_become_a_png(tmp_path: Path):
    plot_history(HISTORY, tmp_path / "curves.png")
    pixels = images.read(tmp_path / "curves.png")
    assert pixels.shape == (480, 1980, 3)
    assert tuple(pixels[0, 0]) == BACKGROUND


def test_costs_are_best_where_lowest_and_metrics_where_highest(monkeypatch: pytest.MonkeyPatch):
    drawn: list[Figure] = []
    monkeypatch.setattr(training_plots, "save", lambda figure, path: drawn.append(figure))
    history = [{"epoch": 1, "style/val": 0.2, "box/iou": 0.5}, {"epoch": 2, "style/val": 0.1}]
    for costs in ((), ("style",)):
        training_plots.plot_history(history, "a.png", costs=costs)
    told = [[axes.get_legend().texts[0].get_text() for axes in one.axes] for one in drawn]
    assert told == [
        ["val  best 0.200 in epoch 1", "iou  best 0.500 in epoch 1"],
        ["val  best 0.100 in epoch 2", "iou  best 0.500 in epoch 1"],
    ]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are saved."""
    figures: list[Figure] = []
    monkeypatch.setattr(training_plots, "save", lambda figure, path: figures.append(figure))
    return figures


def test_a_panel_has_the_color_of_its_head_in_several_styles(drawn: list[Figure]):
    history = [{"epoch": 1, "digit/loss": 1, "digit/accuracy": 0.5, "digit/top": 0.9}]
    plot_history(history, "a.png", colors={"digit": GREEN})
    loss, digit = (
        [line for line in axes.lines if line.get_label()[0] != "_"] for axes in drawn[0].axes
    )
    assert {line.get_color() for line in (*loss, *digit)} == {to_hex(GREEN)}
    assert [line.get_linestyle() for line in digit] == ["-", "--"]


def test_a_first_value_far_off_does_not_flatten_the_others(drawn: list[Figure]):
    values = [0.1, 0.96, 0.97, 0.975, 0.98]
    plot_history([{"epoch": n, "a/b": value} for n, value in enumerate(values, 1)], "a.png")
    (axes,) = drawn[0].axes
    low, high = axes.get_ylim()
    assert 0.9 < low < 0.96 and 0.98 < high < 1
    assert [text.get_text() for text in axes.texts] == ["↓ from 0.1"]


def test_values_that_differ_evenly_are_all_shown(drawn: list[Figure]):
    plot_history([{"epoch": n, "a/b": n / 10} for n in range(1, 6)], "a.png")
    (axes,) = drawn[0].axes
    assert axes.get_ylim()[0] < 0.1 and not axes.texts


def test_the_best_epoch_is_a_whole_one_where_there_are_points_within(drawn: list[Figure]):
    values = {0.5: 0.9, 1: 0.8, 1.5: 0.95, 2: 0.85}
    plot_history([{"epoch": epoch, "a/b": value} for epoch, value in values.items()], "a.png")
    (axes,) = drawn[0].axes
    assert axes.get_legend().texts[0].get_text() == "b  best 0.850 in epoch 2"
    assert axes.get_xlim()[0] == 0


def test_curves_become_an_svg_that_is_the_same_each_time(tmp_path: Path):
    for name in ("one.svg", "two.SVG"):
        plot_history(HISTORY[:1], tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.SVG").read_bytes()
    assert ElementTree.parse(tmp_path / "one.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    "row",
    [
        {"epoch": 0, "val/loss": math.nan},
        {"val/loss": math.inf, "train/loss": 1.0},
        {"epoch": 0, "train/loss": -1.0, "a/b/c": 0.0},
    ],
)
def test_odd_numbers_are_drawn_all_the_same(row: dict[str, float], tmp_path: Path):
    plot_history([row], tmp_path / "odd.png")
    assert (tmp_path / "odd.png").stat().st_size


@pytest.mark.parametrize("history", [[], [{}], [{"epoch": 1.0}]])
def test_a_history_without_measurements_is_refused(history: list[dict[str, float]], tmp_path: Path):
    with pytest.raises(DataError, match="at least one epoch"):
        plot_history(history, tmp_path / "none.png")


def test_other_endings_and_missing_folders_are_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"\.png or \.svg, got .*curves\.gif"):
        plot_history(HISTORY[:1], tmp_path / "curves.gif")
    with pytest.raises(WriteError):
        plot_history(HISTORY[:1], tmp_path / "nowhere" / "curves.png")
    assert not list(tmp_path.iterdir())


def test_the_module_waits_with_matplotlib_until_it_draws():
    code = "import sys; from triptych.frame.drawing import annotate, training_plots\n"
    code += "print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert "triptych.frame.drawing.annotate" in modules and "matplotlib" not in modules
