"""Curves of short trainings have points within the epoch, and nothing else depends on them."""

import csv
from pathlib import Path

import pytest

from triptych import multitask
from triptych.frame.storage.files import write_text
from triptych.multitask.engine import epoch_points
from triptych.multitask.engine.epoch_points import curve_rows, measurements_each

SMALL = {"batch": 16, "device": "cpu", "precision": "fp32", "progress": False}


def points(run: Path) -> list[dict[str, str]]:
    with (run / "points.csv").open() as file:
        return list(csv.DictReader(file))


def test_a_training_of_one_epoch_has_points_within_it(few_digits: Path, tmp_path: Path):
    multitask.train("circled-digits", source=str(few_digits), out=tmp_path, epochs=1, **SMALL)
    rows = points(tmp_path)
    epochs = [float(row["epoch"]) for row in rows]
    assert epochs == sorted({*epochs}) and epochs[-1] == 1 and len(epochs) > 10
    measured = [float(row["epoch"]) for row in rows if row["circle/iou"]]
    assert len(measured) == 7 and 1 not in measured
    assert all(row["train/loss"] for row in rows)
    curves = curve_rows(tmp_path)
    assert [row["epoch"] for row in curves] == epochs
    assert {"digit/accuracy", "val/loss", "score"} <= curves[-1].keys()
    assert len((tmp_path / "metrics.csv").read_text().splitlines()) == 2


def test_the_weights_do_not_depend_on_the_points(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = {"source": str(few_digits), "heads": ["label"], "epochs": 2, **SMALL}
    multitask.train("circled-digits", out=tmp_path / "with", **settings)
    monkeypatch.setattr(epoch_points, "LONG", 0)
    multitask.train("circled-digits", out=tmp_path / "without", **settings)
    assert not (tmp_path / "without" / "points.csv").exists()
    for name in ("model.safetensors", "metrics.csv"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()


def test_a_resumed_training_goes_on_below_the_points_it_has(few_digits: Path, tmp_path: Path):
    settings = {"source": str(few_digits), "heads": ["label"], **SMALL}
    multitask.train("circled-digits", out=tmp_path, epochs=1, **settings)
    before = points(tmp_path)
    multitask.resume(tmp_path, epochs=2, progress=False)
    after = points(tmp_path)
    assert after[: len(before)] == before
    assert 1 < float(after[len(before)]["epoch"]) < float(after[-1]["epoch"]) == 2


def test_a_run_made_before_has_curves_of_its_epochs(tmp_path: Path):
    write_text(tmp_path / "metrics.csv", "epoch,train/loss\n1,2.0\n2,1.0\n")
    assert [row["train/loss"] for row in curve_rows(tmp_path)] == [2, 1]


@pytest.mark.parametrize(("epochs", "each"), [(1, 8), (2, 4), (4, 2), (5, 0), (60, 0)])
def test_long_trainings_have_their_epochs_alone(epochs: int, each: int):
    assert measurements_each(epochs) == each
