"""A commission carried out: whatever comes between, the picture is kept."""

import errno
import os
import shutil
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych.frame.errors import WriteError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images
from triptych.style.job import runner
from triptych.style.job.job import TransferJob
from triptych.style.job.run_folder import CHECKPOINT, RunFolder, finished
from triptych.style.job.runner import DEFAULT_SCALING_POWER, ProgressReporter, run
from triptych.style.job.session import JobSession, open_session
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.optimization.config import StepLog, TransferConfig
from triptych.style.optimization.style_optimizer import StyleOptimizer


@pytest.fixture
def canvas(tiny: FeatureExtractor, tmp_path: Path) -> Callable[..., JobSession]:
    """Opens a canvas of 24 pixels; what is given are settings."""

    def opened(**settings: Any) -> JobSession:
        for name, seed in {"photo": 0, "wave": 1}.items():
            pixels = np.random.default_rng(seed).integers(0, 256, (31, 47, 3), np.uint8)
            images.save(tmp_path / f"{name}.png", pixels)
        chosen = TransferConfig(**{"size": 24, "steps": (4, 3), **settings})
        paths = str(tmp_path / "photo.png"), (str(tmp_path / "wave.png"),)
        commission = TransferJob(*paths, chosen, features="tiny", device="cpu")
        return open_session(commission, method=FeatureMethod(tiny))

    return opened


def full(monkeypatch: pytest.MonkeyPatch, fails: Callable[[Path], bool]) -> None:
    """Lets no file be written where `fails` says so."""
    written = images.save

    def save(path: Path, picture: np.ndarray) -> None:
        if fails(path):
            raise WriteError(f"Cannot write {path}: {os.strerror(errno.ENOSPC).lower()}.")
        written(path, picture)

    monkeypatch.setattr(runner.images, "save", save)


def test_the_picture_is_where_it_was_asked_for(canvas: Any, tmp_path: Path):
    done = run(canvas(), tmp_path / "out.png")
    assert done.finished and len(done.history) == 7
    np.testing.assert_array_equal(images.read(tmp_path / "out.png"), done.image)


def test_a_run_that_cannot_be_finished_says_how_it_can(
    canvas: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = canvas()
    record = RunFolder(tmp_path / "a", work)
    record.begin({})

    def draw(*_: object) -> None:
        raise WriteError("Cannot write it: no space left on device.")

    monkeypatch.setattr("triptych.style.job.run_folder.plot_losses", draw)
    with pytest.raises(WriteError, match=r"no space .* kept in .*/a/picture\.png.* --resume"):
        run(work, None, record)
    assert (tmp_path / "a/picture.png").exists() and not finished(record.folder)
    monkeypatch.undo()
    again = RunFolder(record.folder, canvas())
    again.restore()
    assert run(again.session, None, again).finished and finished(record.folder)


def test_it_stops_when_it_is_told_and_keeps_the_best(canvas: Any, tmp_path: Path):
    asked = iter([False, False, False, True])
    done = run(canvas(), tmp_path / "out.png", stop=lambda: next(asked))
    assert not done.finished and len(done.history) == 3
    assert images.read(tmp_path / "out.png").shape == (8, 12, 3)


def test_an_interrupt_in_a_step_keeps_the_last_picture(
    canvas: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work, whole = canvas(), StyleOptimizer.step

    def step(self: StyleOptimizer) -> StepLog:
        if len(self.history) == 2:
            raise KeyboardInterrupt
        return whole(self)

    monkeypatch.setattr(StyleOptimizer, "step", step)
    with pytest.raises(KeyboardInterrupt):
        run(work, tmp_path / "out.png")
    np.testing.assert_array_equal(images.read(tmp_path / "out.png"), work.image)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("can't allocate memory")])
def test_what_fails_where_the_next_scale_begins_costs_no_picture(
    canvas: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
):
    work, whole = canvas(), StyleOptimizer.scale_inputs

    def scene(self: StyleOptimizer) -> Any:
        if self.scale == 1:
            raise error
        return whole(self)

    monkeypatch.setattr(StyleOptimizer, "scale_inputs", scene)
    with pytest.raises(type(error)):
        run(work, tmp_path / "out.png")
    assert images.read(tmp_path / "out.png").shape == (8, 12, 3)
    np.testing.assert_array_equal(images.read(tmp_path / "out.png"), work.image)


def test_a_full_disk_loses_no_picture(canvas: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    spare = tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    work = canvas()
    full(monkeypatch, lambda path: path.parent != spare)
    with pytest.raises(WriteError, match=r"no space left.*The picture is kept in .*spare") as told:
        run(work, tmp_path / "out.png")
    (kept,) = spare.iterdir()
    assert str(kept) in str(told.value) and "\n" not in str(told.value)
    assert images.read(kept).shape == (16, 24, 3)
    with pytest.raises(WriteError):  # another such picture, in the same second
        runner.save_or_fallback(0 * work.image, [tmp_path / "out.png"])
    assert len(list(spare.iterdir())) == 2 and images.read(kept).any()
    full(monkeypatch, lambda path: True)
    with pytest.raises(WriteError):
        runner.save_or_fallback(work.image, [tmp_path / "out.png"])
    assert len(list(spare.iterdir())) == 2  # nothing empty is left


def test_a_full_disk_on_the_way_stops_nothing(
    canvas: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = canvas()
    full(monkeypatch, lambda path: not work.optimizer.finished)
    record = RunFolder(tmp_path / "run", work, every=0)
    (tmp_path / "run").mkdir()
    assert run(work, tmp_path / "out.png", record).finished
    assert images.read(tmp_path / "out.png").shape == (16, 24, 3)


def test_frames_that_cannot_be_kept_cost_no_checkpoint(canvas: Any, tmp_path: Path):
    record = RunFolder(tmp_path / "run", canvas(), every=0)
    record.begin({})
    shutil.rmtree(record.snapshots.folder)
    record.snapshots.folder.touch()
    seen: list[bool] = []

    def look() -> bool:
        seen.append((record.folder / CHECKPOINT).exists())
        return False

    assert run(record.session, record=record, stop=look).finished
    assert seen[:2] == [False, True]


def test_where_nothing_can_be_written_that_is_told(
    canvas: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = canvas()
    full(monkeypatch, lambda path: True)
    with pytest.raises(WriteError, match=r"out\.png: no space left on device\.$"):
        run(work, tmp_path / "out.png")


def test_a_watcher_hears_of_each_scale_and_the_time_left(canvas: Any):
    told: list[ProgressEvent] = []
    run(canvas(), progress=told.append)
    assert [(step.task, step.done, step.total) for step in told] == [
        *(("paint 12 px", done, 4) for done in (1, 2, 3, 4)),
        ("paint 12 px", 4, 4),
        *(("paint 24 px", done, 3) for done in (1, 2, 3)),
    ]
    assert "seconds left" not in told[0].metrics  # nothing is known yet
    assert told[-1].metrics["seconds left"] == 0
    assert {"total", "content", "style/relu1_1"} <= told[-1].metrics.keys()


def test_time_left_grows_with_pixels_and_is_corrected_by_what_was_seen(canvas: Any):
    painter = canvas(size=64, steps=(4, 4, 4)).optimizer
    small, middle, large = (scale.height * scale.width for scale in painter.scales)
    painter.history = [StepLog(0, 16, step, seconds, 1.0) for step, seconds in ((1, 9), (2, 11))]
    assert ProgressReporter(painter, print).seconds_left(painter.history[-1]) is None
    painter.history.append(row := StepLog(0, 16, 3, 13.0, 1.0))
    # 2 s a step: one more here, and four each of so many more pixels
    more = sum(4 * 2 * (each / small) ** DEFAULT_SCALING_POWER for each in (middle, large))
    assert ProgressReporter(painter, print).seconds_left(row) == pytest.approx(2 + more)
    rows = [StepLog(1, 32, step, seconds, 1.0) for step, seconds in ((1, 20), (2, 23), (3, 26))]
    painter.history += rows
    # half as slow again; the next is taken to be so once more
    power = log(3 / 2) / log(middle / small)
    expected = 3 + 4 * 3 * (large / middle) ** power
    assert ProgressReporter(painter, print).seconds_left(rows[-1]) == pytest.approx(expected)
