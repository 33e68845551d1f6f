"""How heads' gradients agree is measured in a few batches, and nothing else depends on it."""

from pathlib import Path
from typing import Any

import pytest

from triptych import multitask
from triptych.multitask.engine import gradient_points
from triptych.multitask.engine.gradient_points import gradient_rows

SMALL = {"batch": 16, "device": "cpu", "precision": "fp32", "progress": False, "epochs": 2}


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradient_points, "measured_each", lambda heads, batches: 5)


def train(source: Path, out: Path, **more: Any) -> Path:
    settings = {"source": str(source), "heads": ["label", "circle"], **SMALL, **more}
    multitask.train("circled-digits", out=out, **settings)
    return out


@pytest.mark.usefixtures("often")
def test_rows_have_cosines_and_norms_by_epochs_in_fractions(few_digits: Path, tmp_path: Path):
    rows = gradient_rows(train(few_digits, tmp_path / "run"))
    epochs = [row["epoch"] for row in rows]
    assert len(rows) > 4 and epochs == sorted({*epochs}) and 0 < epochs[0] < 1 < epochs[-1] < 2
    for row in rows:
        assert row.keys() == {"epoch", "cosine/digit+circle", "norm/digit", "norm/circle"}
        assert -1 <= row["cosine/digit+circle"] <= 1 and row["norm/digit"] > 0


def test_the_weights_do_not_depend_on_it(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    runs = []
    for each in (3, 10**6):
        monkeypatch.setattr(gradient_points, "measured_each", lambda *_, each=each: each)
        runs.append(train(few_digits, tmp_path / str(each), epochs=1))
    measured, plain = runs
    assert gradient_rows(measured) and not gradient_rows(plain)
    for name in ("model.safetensors", "metrics.csv", "points.csv"):
        assert (measured / name).read_bytes() == (plain / name).read_bytes()


@pytest.mark.usefixtures("often")
def test_one_head_has_nothing_to_compare(few_digits: Path, tmp_path: Path):
    assert not gradient_rows(train(few_digits, tmp_path / "run", heads=["label"], epochs=1))


@pytest.mark.usefixtures("often")
def test_nothing_is_measured_while_the_backbone_is_frozen(few_digits: Path, tmp_path: Path):
    rows = gradient_rows(train(few_digits, tmp_path / "run", freeze_epochs=1))
    assert rows and all(row["epoch"] > 1 for row in rows)
