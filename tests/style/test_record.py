"""The run folder of a painting: gone on with, branched from, and damage told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych.frame import images
from triptych.frame.errors import BadRun, BadSetting
from triptych.style.canvas import Canvas, open_canvas
from triptych.style.commission import Commission
from triptych.style.costs_table import write_costs
from triptych.style.executing import execute
from triptych.style.features import ByFeatures
from triptych.style.network import Network
from triptych.style.record import Record, branched, commissioned, finished
from triptych.style.settings import Settings


@pytest.fixture
def canvas(tiny: Network, tmp_path: Path) -> Callable[[], Canvas]:
    """Opens a canvas of two scales, of four and three steps."""
    for name in ("photo", "wave"):
        images.save(tmp_path / f"{name}.png", np.full((20, 30, 3), len(name) * 30, np.uint8))
    asked = Commission(
        *(str(tmp_path / "photo.png"), (str(tmp_path / "wave.png"),)),
        Settings(size=24, steps=(4, 3)),
        features="tiny",
        device="cpu",
    )
    return lambda: open_canvas(asked, method=ByFeatures(tiny))


@pytest.fixture
def stopped(canvas: Any, tmp_path: Path) -> Path:
    """A run that was stopped after five steps, one of the second scale."""
    work, steps = canvas(), iter(range(5))
    record = Record(tmp_path / "run", work)
    record.begin({})
    execute(work, record=record, stop=lambda: next(steps, None) is None)
    return tmp_path / "run"


def test_a_checkpoint_is_where_it_stood(canvas: Any, stopped: Path):
    work = canvas()
    Record(stopped, work).restore()
    assert (work.painter.scale, work.painter.done) == (1, 1)
    assert len(work.painter.history) == 5
    np.testing.assert_array_equal(work.picture, images.read(stopped / "picture.png"))


def test_what_it_was_asked_for_is_read_again(canvas: Any, stopped: Path):
    found, facts = commissioned(stopped)
    assert found == canvas().commission
    assert set(facts["sha256"]) == {"content", "style 1"}
    assert not finished(stopped)


def test_a_branch_paints_the_scales_not_finished(stopped: Path):
    found = branched(stopped, {"strength": 0.9})
    assert found.settings.steps == (3,) and found.settings.strength == 0.9
    assert found.start == str(stopped / "picture.png")
    with pytest.raises(BadSetting, match="Leave out --init"):
        branched(stopped, {"init": "noise"})


def test_a_branch_from_a_run_without_its_steps_is_refused(stopped: Path):
    record = stopped / "run.json"
    facts = json.loads(record.read_text())
    del facts["steps"]
    record.write_text(json.dumps(facts))
    with pytest.raises(BadRun, match=r"run\.json is damaged"):
        branched(stopped, {})


def test_a_table_that_lacks_steps_is_told(canvas: Any, stopped: Path):
    write_costs(stopped / "costs.csv", [])
    with pytest.raises(BadRun, match=r"costs\.csv lacks steps"):
        Record(stopped, canvas()).restore()


def test_without_a_picture_there_is_nothing_to_branch_from(stopped: Path):
    (stopped / "picture.png").unlink()
    with pytest.raises(BadRun, match="holds no picture yet"):
        branched(stopped, {})


def test_a_finished_run_needs_no_checkpoint(canvas: Any, tmp_path: Path):
    work = canvas()
    record = Record(tmp_path / "done", work)
    record.begin({})
    assert execute(work, record=record).finished
    assert finished(tmp_path / "done")
    assert not (tmp_path / "done/checkpoint.safetensors").exists()
    assert branched(tmp_path / "done", {}).settings.steps == (3,)
