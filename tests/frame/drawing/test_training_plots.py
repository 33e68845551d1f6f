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
from triptych.frame.drawing.colors import BACKGROUND
from triptych.frame.drawing.training_plots import _panels, plot_history
from triptych.frame.errors import ConfigError, DataError, WriteError
from triptych.frame.storage import images

HISTORY = [
    {"epoch": 1, "train/loss": 2.0, "val/loss": 2.1, "digit/accuracy": 0.5},
    {"epoch": 2, "train/loss": 1.0, "val/loss": 1.3, "digit/accuracy": 0.9, "box/iou": 0.2},
    {"epoch": 3, "train/loss": 0.1, "val/loss": 1.4, "digit/accuracy": math.nan, "lr": 0.01},
]


def test_losses_share_a_panel_and_each_head_has_its_own():
    panels = _panels(HISTORY)
    assert [*panels] == ["loss", "digit", "box"]
    assert [name for name, _ in panels["loss"]] == ["train", "val"]
    assert np.isnan(panels["box"][0][1]).tolist() == [True, False, True]


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
