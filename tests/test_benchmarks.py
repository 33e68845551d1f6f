"""The benchmarks measure something; how much is not for tests to say."""

from pathlib import Path

from benchmarks.machine import machine
from benchmarks.overhead import overhead
from benchmarks.speed import speed


def test_the_parts_of_a_step_add_up_to_less_than_the_step(few_digits: Path) -> None:
    (row,) = overhead(["circled-digits"], str(few_digits), 2)
    parts = [row[f"{part} ms"] for part in ("forward", "loss", "backward", "optimizer")]
    assert all(part > 0 for part in parts)
    assert abs(sum(parts) + row["outside ms"] - row["step ms"]) < 0.05  # each is rounded
    assert 0 < row["outside share"] < 1


def test_training_and_prediction_are_timed_beside_a_bare_loop(few_digits: Path) -> None:
    rows = speed(["circled-digits"], str(few_digits), 1, 1)
    assert [row["work"] for row in rows] == ["train", "predict"]
    assert all(row["ratio"] > 0 for row in rows)


def test_the_machine_is_told() -> None:
    assert machine()["cores"] >= 1
