"""Answers on stdout, everything else on stderr; lines instead of bars where nobody looks."""

import json

import pytest

from triptych.cli.console import format_metrics, log, print_json, print_table, progress_bar
from triptych.frame.progress import ProgressEvent


def test_json_is_readable_and_keeps_every_letter(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Zoë", "value": 0.1})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"name": "Zoë", "value": 0.1}
    assert "Zoë" in out and out.count("\n") == 4 and not err


def test_remarks_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log("skipped: a.png")
    assert capsys.readouterr() == ("", "skipped: a.png\n")


def test_a_table_has_its_values_on_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Test", {"iou": 0.5, "images": 12}, notes={"iou": "overlap"})
    title, head, first, second = capsys.readouterr().out.splitlines()
    assert title == "Test" and head.split() == ["figure", "value", "what", "it", "means"]
    assert first.split() == ["iou", "0.5000", "overlap"] and second.split() == ["images", "12"]
    assert first.index("0.5000") + 6 == second.index("12") + 2


def test_progress_is_a_line_at_each_tenth_where_stderr_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as progress:
        for done in range(101):
            progress(ProgressEvent("train", done, 100, {"train/loss": 1 - done / 100}))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0] == "train 10/100 loss 0.900" and lines[-1] == "train 100/100 loss 0.000"


def test_metrics_of_training_images_are_not_shown() -> None:
    assert format_metrics({"box/loss": 0.5, "style/train": 1.0}) == ""
    assert format_metrics({"total": 2e5, "content": 12.0}) == "total 2e+05 · content 12.000"
