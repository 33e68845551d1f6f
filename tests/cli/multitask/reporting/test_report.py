"""`triptych report`: the page and the table are named, figures are JSON, slips are one line."""

import json
from pathlib import Path
from shutil import copytree
from unittest.mock import MagicMock

import pytest

from triptych import multitask
from triptych.cli.multitask.reporting.report import report_training
from triptych.multitask.report import write

from ...typed import Run


def test_a_report_is_written_into_the_run(run: Run, trained_run: Path, tmp_path: Path):
    copytree(trained_run, tmp_path / "one")
    done = run("report", "one", "--device", "cpu", "--json")
    assert done.status == 0, done.err
    told = json.loads(done.out)
    assert told["figures"]["circle/iou"]["low"] <= told["figures"]["circle/iou"]["high"]
    assert (tmp_path / "one" / "report.html").exists()
    assert (tmp_path / "one" / "predictions.parquet").exists()


def test_a_folder_without_a_run_is_one_line(run: Run, tmp_path: Path):
    done = run("report", "nothing")
    assert done.status == 2 and len(done.err.strip().splitlines()) == 1


def test_a_report_that_fails_does_not_fail_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    trained = MagicMock(spec=multitask.TrainResult)
    trained.folder, trained.dataset = tmp_path / "gone", MagicMock(spec=multitask.Dataset)
    report_training(trained)  # a run that is not there
    assert "report was not written. Expected a run folder" in capsys.readouterr().err

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(write, "write_report", fail)
    report_training(trained)
    assert "report was not written. ZeroDivisionError('of ours')" in capsys.readouterr().err
