"""`triptych demo`: a run, pictures and their predictions, and what to try next."""

from pathlib import Path

import pytest

from triptych.frame.storage import images
from triptych.multitask.sources import drawn

from ..typed import Run


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for split, count in {"train": 240, "test": 60}.items():
        monkeypatch.setitem(drawn.DIGITS, split, count)


def test_the_demo_trains_predicts_and_says_what_comes_next(run: Run, tmp_path: Path):
    done = run("demo", "--out", "demo")
    assert done.status == 0, done.err
    assert "60 test digits" in done.out and "circle/iou" in done.out
    assert "triptych predict demo demo/pictures/digit-0.png" in done.out
    assert (tmp_path / "demo" / "model.safetensors").exists()
    for number in range(6):
        picture = images.read(tmp_path / f"demo/pictures/digit-{number}.png")
        drawn_on = images.read(tmp_path / f"demo/pictures/digit-{number}.answer.png")
        assert picture.shape[:2] == (140, 140) and picture[0, 0, 0] > 127  # dark ink on white paper
        assert drawn_on.std() > 0 and drawn_on.shape != picture.shape


def test_an_earlier_demo_is_replaced(run: Run, tmp_path: Path):
    for _ in range(2):
        assert run("demo", "--out", "demo").status == 0
    assert len((tmp_path / "demo" / "metrics.csv").read_text().splitlines()) == 2
