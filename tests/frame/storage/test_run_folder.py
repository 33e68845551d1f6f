"""The run folder: opened once, recorded whole, and every damage told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import pytest

from triptych import __version__
from triptych.frame.errors import ConfigError, RunError, WriteError
from triptych.frame.storage import run_folder


def test_folders_are_made_where_missing(tmp_path: Path):
    assert run_folder.create(tmp_path / "a" / "b").is_dir()
    assert run_folder.create(tmp_path / "a" / "b").is_dir()  # empty: nothing is lost


def test_a_run_is_not_overwritten(tmp_path: Path):
    run_folder.write_record(tmp_path, {})
    with pytest.raises(ConfigError, match=r"holds a run already.*--resume"):
        run_folder.create(tmp_path)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ConfigError, match="not empty and holds no run"):
        run_folder.create(tmp_path)


def test_a_file_in_the_way_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(WriteError, match="Cannot make the folder") as told:
            run_folder.create(place)
        assert "\n" not in str(told.value)


def test_one_process_at_a_time_works_in_a_run(tmp_path: Path):
    code = "import sys; from pathlib import Path\n"
    code += "from triptych.frame.storage.run_folder import lock\n"
    code += "with lock(Path(sys.argv[1])): print('there', flush=True); input()"
    command = [sys.executable, "-c", code, str(tmp_path)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **streams) as other:  # pyright: ignore
        assert other.stdout and other.stdout.readline() == "there\n"
        with pytest.raises(RunError, match="Another process is at work"), run_folder.lock(tmp_path):
            pass
        other.kill()  # which leaves its file
    assert list(tmp_path.iterdir())
    with (
        run_folder.lock(tmp_path),
        pytest.raises(RunError, match="Wait"),
        run_folder.lock(tmp_path),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_a_run_that_is_begun_twice_at_once_is_begun_once(tmp_path: Path):
    run = tmp_path / "run"
    with run_folder.beginning(run):
        with (
            pytest.raises(RunError, match="Another process is at work"),
            run_folder.beginning(run),
        ):
            pass
        run_folder.write_record(run, {})
    with pytest.raises(ConfigError, match="holds a run already"), run_folder.beginning(run):
        pass
    assert [path.name for path in run.iterdir()] == ["run.json"]


def test_a_run_begun_while_another_waited_to_begin_is_not_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def late(folder: Path, *rest: object) -> Path:
        made = create(folder, *rest)  # pyright: ignore
        run_folder.write_record(folder, {})
        return made

    create = run_folder.create
    monkeypatch.setattr(run_folder, "create", late)
    with pytest.raises(ConfigError, match="holds a run already"), run_folder.beginning(tmp_path):
        pass


def test_what_a_killed_process_left_is_no_obstacle(tmp_path: Path):
    for name in (".lock", ".0123456789abcdef.part", "style.png"):
        (tmp_path / name).touch()
    with pytest.raises(ConfigError, match="not empty"), run_folder.beginning(tmp_path):
        pass
    with run_folder.beginning(tmp_path, leftovers=["style.png"]):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["style.png"]


def test_half_written_files_go_once_nobody_writes_them(tmp_path: Path):
    epochs = tmp_path / "epochs"
    epochs.mkdir()
    kept = [epochs / "001.png", tmp_path / ".mine.part"]
    for path in (*kept, tmp_path / f".{'0' * 16}.part", epochs / f".{'1' * 16}.part"):
        path.touch()
    with run_folder.lock(tmp_path):
        pass
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


def test_a_folder_that_is_missing_or_deleted_is_not_made(tmp_path: Path):
    with pytest.raises(WriteError, match="it is no folder"), run_folder.lock(tmp_path / "none"):
        pass
    run = tmp_path / "run"
    with run_folder.beginning(run):
        rmtree(run)
    assert not list(tmp_path.iterdir())


def test_a_run_is_emptied_unless_somebody_works_there(tmp_path: Path):
    run_folder.write_record(tmp_path, {})
    (tmp_path / "epochs").mkdir()
    (tmp_path / "epochs" / "001.png").touch()
    with run_folder.lock(tmp_path), pytest.raises(RunError, match="Another process"):
        run_folder.remove_contents(tmp_path)
    assert (tmp_path / "epochs" / "001.png").exists()
    run_folder.remove_contents(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_run_is_finished_once_its_model_stands_beside_its_results(tmp_path: Path):
    (tmp_path / "metrics.json").touch()
    assert not run_folder.is_finished(tmp_path)
    (tmp_path / "model.json").touch()
    assert run_folder.is_finished(tmp_path)
    run_folder.reopen(tmp_path)
    run_folder.reopen(tmp_path)
    assert not run_folder.is_finished(tmp_path)


def test_a_run_folder_that_takes_no_file_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(WriteError, match=r"Cannot write to .*file"),
        run_folder.lock(tmp_path / "file"),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_right_to_write_is_told(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match="permission denied"):
        run_folder.create(tmp_path / "run")


def test_what_is_recorded_is_read_back(tmp_path: Path):
    run_folder.write_record(tmp_path, {"plan": {"heads": ["box"]}, "data": "ø"})
    facts = run_folder.read_record(tmp_path)
    assert facts["plan"] == {"heads": ["box"]} and facts["data"] == "ø"
    assert facts["versions"]["triptych"] == __version__
    assert {"python", "torch", "lightning"} <= facts["versions"].keys()
    assert facts["command"]


def test_no_run_is_told(tmp_path: Path):
    with pytest.raises(RunError, match=r"Expected a run folder.*no such file.*triptych train"):
        run_folder.read_record(tmp_path / "none")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "null", '{"format": "one"}', "\udcff", "[" * 100_000], ids=repr
)
def test_a_damaged_record_is_told(tmp_path: Path, text: str):
    (tmp_path / run_folder.RECORD).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(RunError, match=r"run\.json is damaged") as told:
        run_folder.read_record(tmp_path)
    assert "\n" not in str(told.value)


def test_a_newer_record_is_told(tmp_path: Path):
    (tmp_path / run_folder.RECORD).write_text(json.dumps({"format": run_folder.FORMAT + 1}))
    with pytest.raises(RunError, match=r"newer triptych. Upgrade"):
        run_folder.read_record(tmp_path)


@pytest.mark.parametrize("facts", [{}, {"plan": None}, {"plan": [1]}, {"plan": {}}], ids=str)
def test_a_record_that_lacks_what_a_training_needs_is_told(tmp_path: Path, facts: dict):
    run_folder.write_record(tmp_path, facts)
    told = r"run\.json is damaged\. Train again"
    with pytest.raises(RunError, match=told), run_folder.reading_record(tmp_path) as found:
        found["plan"]["heads"].lower()


def test_other_errors_while_a_record_is_taken_apart_are_handed_on(tmp_path: Path):
    run_folder.write_record(tmp_path, {})
    with pytest.raises(ConfigError, match="its own words"), run_folder.reading_record(tmp_path):
        raise ConfigError("its own words")


def test_data_that_changed_since_are_told(tmp_path: Path):
    run_folder.check_same_data(tmp_path, "photos", {"photos": "ab"}, {"photos": "ab"})
    with pytest.raises(RunError, match=r"The photos of .* have changed since it was begun") as told:
        run_folder.check_same_data(tmp_path, "photos", {"photos": "ab"}, {"photos": "cd"})
    assert "\n" not in str(told.value)
