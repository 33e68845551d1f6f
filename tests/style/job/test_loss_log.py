"""Costs as a table: read as they were written, to the last digit; damage is told."""

from pathlib import Path

import pytest

from triptych.frame.errors import RunError
from triptych.style.job.loss_log import read_loss_csv, write_loss_csv
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
