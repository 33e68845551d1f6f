"""Losses as a table, read to the last digit; and drawn, with all there is inside the image."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych.frame.drawing.colors import BACKGROUND
from triptych.frame.errors import ConfigError, DataError, RunError, WriteError
from triptych.frame.storage import images
from triptych.style.job import loss_log
from triptych.style.job.loss_log import plot_losses, read_loss_csv, write_loss_csv
from triptych.style.optimization.config import StepLog

ROWS = [
    StepLog(0, 64, 1, 0.1, 1 / 3, {"content": 2.5, "style/relu1_1": 1e-17}),
    StepLog(1, 128, 1, 0.30000000000000004, 2.0, {"content": 0.25, "style/relu1_1": 1e300}),
]


def test_a_table_has_a_row_a_step(tmp_path: Path):
    write_loss_csv(tmp_path / "costs.csv", ROWS)
    assert (tmp_path / "costs.csv").read_text() == (
        "scale,size,step,seconds,total,content,style/relu1_1\n"
        "0,64,1,0.1,0.3333333333333333,2.5,1e-17\n"
        "1,128,1,0.30000000000000004,2.0,0.25,1e+300\n"
    )


@pytest.mark.parametrize("rows", [[], ROWS, ROWS[:1]])
def test_what_was_written_is_read_to_the_last_digit(rows: list[StepLog], tmp_path: Path):
    write_loss_csv(tmp_path / "costs.csv", rows)
    assert read_loss_csv(tmp_path / "costs.csv") == rows


def test_costs_that_are_no_numbers_are_kept(tmp_path: Path):
    write_loss_csv(tmp_path / "costs.csv", [StepLog(0, 9, 1, 0.5, float("inf"), {"content": 1.0})])
    assert read_loss_csv(tmp_path / "costs.csv")[0].total == float("inf")


@pytest.mark.parametrize(
    "content",
    [
        b"scale,size\n1,2\n",
        b"scale,size,step,seconds,total\n0,64,one,0.1,2\n",
        b"scale,size,step,seconds,total,content\n0,64,1,0.1,2.0\n",  # cut short
        b"scale,size,step,seconds,total\n0,64,1,0.1,2.0,9.0\n",
        b"\xff\xfe\n1",
    ],
)
def test_a_damaged_table_is_told(content: bytes, tmp_path: Path):
    (tmp_path / "costs.csv").write_bytes(content)
    with pytest.raises(RunError, match=r"costs\.csv is damaged or missing") as told:
        read_loss_csv(tmp_path / "costs.csv")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "places",
    [
        *([(0, 1), (0, 3)], [(0, 1), (2, 1)], [(0, 2)], [(1, 1)], [(99, 1)], [(-1, 1)]),
        *([(0, 2), (0, 1)], [(0, 1), (0, 1)], [(0, 1), (1, 2)], [(0, 1), (-1, 1)]),
        [(0, 1), (1, 1), (0, 2)],
    ],
    ids=str,
)
def test_rows_that_are_no_way_from_the_first_step_on_are_told(
    places: list[tuple[int, int]], tmp_path: Path
):
    write_loss_csv(
        tmp_path / "costs.csv", [StepLog(scale, 9, step, 0.5, 1.0) for scale, step in places]
    )
    with pytest.raises(RunError, match=r"costs\.csv is damaged"):
        read_loss_csv(tmp_path / "costs.csv")


def test_a_missing_table_is_told(tmp_path: Path):
    with pytest.raises(RunError, match="missing"):
        read_loss_csv(tmp_path / "costs.csv")


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
    monkeypatch.setattr(loss_log, "save", lambda figure, path: kept.append(figure))

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
    assert axes.lines[0].get_ydata().tolist() == [loss_log.LOG_FLOOR]


def test_what_cannot_be_drawn_is_told(tmp_path: Path):
    with pytest.raises(DataError, match="costs of a step or more"):
        plot_losses([], tmp_path / "curves.png")
    with pytest.raises(ConfigError, match=r"curves\.txt"):
        plot_losses(rows(), tmp_path / "curves.txt")
    with pytest.raises(WriteError, match="no folder"):
        plot_losses(rows(), tmp_path / "nowhere" / "curves.png")
