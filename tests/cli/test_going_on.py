"""Going on with a run: what is said once, before the first step, and the command after a stop."""

import json
from pathlib import Path

import pytest

from triptych.cli.going_on import announcing_growth, going_on
from triptych.cli.signals import StoppedError
from triptych.frame.errors import WriteError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage.run_folder import cpu_threads

Capture = pytest.CaptureFixture[str]


def said(folder: Path, epochs: object, capsys: Capture) -> str:
    """What is logged over three steps."""
    seen: list[ProgressEvent] = []
    callback = announcing_growth(folder, epochs, seen.append)
    for task in ("read photos", "train", "train"):
        callback(ProgressEvent(task, 1, 2))
    assert [event.task for event in seen] == ["read photos", "train", "train"]
    return capsys.readouterr().err


def record(folder: Path, **facts: object) -> Path:
    settings = {"epochs": 2, "device": "cpu"}
    whole = {"format": 2, "settings": settings, "threads": cpu_threads(), **facts}
    (folder / "run.json").write_text(json.dumps(whole))
    return folder


def test_more_epochs_are_told_once(tmp_path: Path, capsys: Capture):
    assert said(record(tmp_path), 5, capsys).count("Going on from 2 to 5 epochs") == 1


def test_a_finished_run_says_how_it_would_go_on(tmp_path: Path, capsys: Capture):
    record(tmp_path)
    assert said(tmp_path, None, capsys) == ""
    (tmp_path / "metrics.json").touch()
    assert "has had its 2 epochs: it is measured again. --epochs 4 would" in said(
        tmp_path, None, capsys
    )


def test_another_number_of_threads_is_told_on_a_cpu(tmp_path: Path, capsys: Capture):
    words = said(record(tmp_path, threads=4711), None, capsys)
    assert "was begun with 4711 CPU threads" in words and "OMP_NUM_THREADS=4711" in words
    assert said(record(tmp_path, threads=cpu_threads()), None, capsys) == ""


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2}', '{"format": 2, "settings": 3}'])
def test_a_damaged_record_is_left_to_the_command(tmp_path: Path, text: str, capsys: Capture):
    (tmp_path / "run.json").write_text(text)
    assert said(tmp_path, 5, capsys) == ""


def test_a_stop_ends_with_the_command_only_where_there_is_a_run(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), going_on(tmp_path, "triptych …"):
        raise KeyboardInterrupt
    record(tmp_path)
    with (
        pytest.raises(StoppedError, match="Go on with:  triptych …"),
        going_on(tmp_path, "triptych …"),
    ):
        raise KeyboardInterrupt


def test_a_file_that_cannot_be_written_ends_with_the_command_too(tmp_path: Path):
    for words in (r"No room\.$", r"No room\. Once that is mended, go on with:  triptych …"):
        with pytest.raises(WriteError, match=words), going_on(tmp_path, "triptych …"):
            raise WriteError("No room.")
        record(tmp_path)
