"""Progress: a bar on a terminal, lines elsewhere, nothing where nobody looks."""

import io
import sys

import pytest

from triptych.frame import progress as progress_module
from triptych.frame.progress import (
    ProgressEvent,
    format_metrics,
    no_progress,
    progress_bar,
    showing,
)


def test_progress_is_a_line_at_each_tenth_where_stderr_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as progress:
        for done in range(101):
            progress(ProgressEvent("train", done, 100, {"train/loss": 1 - done / 100}))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert (
        lines[0] == "train 10/100 0 s left · loss 0.900" and lines[-1] == "train 100/100 loss 0.000"
    )


def test_metrics_of_training_images_are_not_shown() -> None:
    assert format_metrics({"box/loss": 0.5, "style/train": 1.0}) == ""
    assert format_metrics({"total": 2e5, "content": 12.0}) == "total 2e+05 · content 12.000"


def test_a_training_tells_epoch_step_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(float(second) for second in range(100))
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: next(now))
    with progress_bar() as progress:
        for done in (10, 20, 30, 40):
            progress(ProgressEvent("train", done, 40, epoch=1 + (done > 20), epochs=2))
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "train epoch 1/2 step 20/40 4 s left"
    assert lines[-1] == "train epoch 2/2 step 40/40"


def test_a_slow_task_says_so_between_its_tenths(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(20.0 * second for second in range(100))
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: next(now))
    with progress_bar() as progress:
        for done in (1, 2, 3):
            progress(ProgressEvent("read photos", done, 1000))
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("terminal", [True, False])
def test_by_default_a_bar_is_shown_where_a_person_looks_on(
    monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    monkeypatch.setattr(sys, "stderr", Screen())
    with showing(None) as callback:
        assert (callback is no_progress) is not terminal
    with showing(False) as callback:
        assert callback is no_progress
    with showing(True) as callback:
        callback(ProgressEvent("train", 5, 10))
    assert "train" in sys.stderr.getvalue()  # type: ignore[attr-defined]
    with showing(print) as callback:
        assert callback is print
