"""Costs drawn: all there is to see is inside the picture, and what cannot be drawn is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych.frame.drawing.colors import BACKGROUND
from triptych.frame.errors import ConfigError, DataError, WriteError
from triptych.frame.storage import images
from triptych.style.job import _curves
from triptych.style.job.loss_log import plot_losses
from triptych.style.optimization.config import StepLog


def rows(scales: int = 2, steps: int = 5, layers: int = 5) -> list[StepLog]:
    """Costs that halve at each step."""
    found = []
    for scale in range(scales):
        for step in range(1, steps + 1):
            cost = 0.5 ** (len(found) + 1)
            parts = {"content": cost, "variation": cost / 9}
            parts |= {f"style/relu{layer}_1": cost / layer for layer in range(1, layers + 1)}
            found.append(StepLog(scale, 64 * 2**scale, step, float(step), 3 * cost, parts))
    return found


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The figure that would be saved."""
    kept = []
    monkeypatch.setattr(_curves, "save", lambda figure, path: kept.append(figure))

    def draw(costs: list[StepLog]) -> Any:
        plot_losses(costs, "curves.png")
        return kept[-1]

    return draw


@pytest.mark.parametrize(("scales", "steps"), [(1, 1), (1, 2), (2, 5), (4, 30)])
def test_nothing_is_cut_off_at_the_rim(scales: int, steps: int, tmp_path: Path):
    plot_losses(rows(scales, steps, layers=8), tmp_path / "curves.png")
    pixels = images.read(tmp_path / "curves.png")
    for rim in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (rim == np.array(BACKGROUND)).all()
    assert (pixels != np.array(BACKGROUND)).any()


def test_each_cost_is_a_line_called_by_its_name_and_where_it_ends(drawn: Any):
    (axes,) = drawn(rows(1, 2)).axes
    lines = {line.get_label(): line for line in axes.lines if "  " in str(line.get_label())}
    assert list(lines)[:2] == ["total  0.75", "content  0.25"]
    assert "relu2_1  0.125" in lines
    assert lines["total  0.75"].get_ydata().tolist() == [1.5, 0.75]


def test_each_scale_is_marked_where_it_begins(drawn: Any):
    (axes,) = drawn(rows(3, 4)).axes
    marks = {text.get_text(): text.xy[0] for text in axes.texts}
    assert marks == {"64 px": 1, "128 px": 5, "256 px": 9}


def test_a_cost_of_nothing_is_drawn_at_the_bottom(drawn: Any):
    costs = [StepLog(0, 9, 1, 0.0, 0.0, {"content": 0.0})]
    (axes,) = drawn(costs).axes
    assert axes.lines[0].get_ydata().tolist() == [_curves.LOG_FLOOR]


def test_what_cannot_be_drawn_is_told(tmp_path: Path):
    with pytest.raises(DataError, match="costs of a step or more"):
        plot_losses([], tmp_path / "curves.png")
    with pytest.raises(ConfigError, match=r"curves\.txt"):
        plot_losses(rows(), tmp_path / "curves.txt")
    with pytest.raises(WriteError, match="no folder"):
        plot_losses(rows(), tmp_path / "nowhere" / "curves.png")
