"""`triptych export` says what it compared, and exits with 3 where the file is not the run."""

import json
from pathlib import Path

import pytest
import typer

from triptych import multitask
from triptych.cli.multitask.export import CHECK_FAILED, export_run
from triptych.multitask.deployment.agreement import Agreement
from triptych.multitask.deployment.export import ExportError, ExportResult

HOW = {"split": "test", "images": 10, "precision": "float32", "source": None}


def test_differences_and_changes_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    told = Agreement(1000, "test", {"circle": 1e-7}, {"a/iou": 0.9}, {"a/iou": 0.9})
    result = ExportResult(tmp_path / "m.onnx", 2_000_000, told)
    monkeypatch.setattr(multitask, "export", lambda *_, **__: result, raising=False)
    export_run(tmp_path, tmp_path / "m.onnx", json=False, **HOW)  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "Compared on 1,000 test images" in said and "(2.0 MB)" in said
    assert "circle: largest difference 1e-07" in said
    export_run(tmp_path, tmp_path / "m.onnx", json=True, **HOW)  # type: ignore[arg-type]
    assert json.loads(capsys.readouterr().out)["changes"] == {"a/iou": 0.0}


def test_a_breach_exits_with_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def fail(*_: object, **__: object) -> None:
        raise ExportError("The file does not answer as the run does.")

    monkeypatch.setattr(multitask, "export", fail, raising=False)
    with pytest.raises(typer.Exit) as stop:
        export_run(tmp_path, tmp_path / "m.onnx", json=False, **HOW)  # type: ignore[arg-type]
    assert stop.value.exit_code == CHECK_FAILED
    assert "does not answer" in capsys.readouterr().err
