"""The command line: answers on stdout, talk on stderr, every slip in one line, nothing left."""

import subprocess
import sys
from pathlib import Path

import pytest

from triptych import __version__
from triptych.cli.main import expand_user

from .typed import Done, Run, slip


def test_the_version_is_told(run: Run):
    assert run("--version") == Done(0, f"{__version__}\n", "")


@pytest.mark.parametrize("words", [[], ["data"]])
def test_without_a_verb_the_help_is_shown(run: Run, words: list[str]):
    done = run(*words)
    assert done.status == 2 and "Usage" in done.out + done.err and "--help" in done.out + done.err


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")]
)
def test_too_little_memory_is_told_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr("triptych.cli.multitask.data_list.print_datasets", fail)
    slip(run("data", "list"), "not enough memory")


def test_ctrl_c_before_anything_is_loaded_stops_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    def press(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("triptych.cli.main._invoke", press)
    assert run("data", "list") == Done(130, "", "triptych: stopped.\n")


@pytest.mark.parametrize("verb", ["", "train", "evaluate", "predict", "demo", "data", "data look"])
def test_every_verb_has_help(run: Run, verb: str):
    done = run(*verb.split(), "--help")
    assert done.status == 0 and "Usage" in done.out


def test_an_unknown_verb_is_told_with_the_nearest(run: Run):
    slip(run("trian"), "Did you mean 'train'")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [("data", "list"), ("data", "list", "--json")])
def test_an_answer_that_cannot_be_written_is_told(words: tuple[str, ...]):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "triptych", *words]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.lower() == "triptych: cannot write the answer: no space left on device.\n"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("~/a.png", "HOME/a.png"),
        ("--out=~/a.png", "HOME/a.png"),
        ("--out=a~b", "--out=a~b"),
        ("~nobody-of-this-name/a", "~nobody-of-this-name/a"),
        ("photo=~/a", "photo=~/a"),
    ],
)
def test_a_wave_stands_for_the_home_folder_where_a_path_begins(
    word: str, expected: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", "HOME")
    flag = "--out=" if word.startswith("--out=~") else ""
    assert expand_user(word) == flag + expected


def test_another_panel_is_imported_when_it_is_called():
    code = """
import sys
sys.argv = ["triptych", "data", "list", "--help"]
from triptych.cli.main import main
try:
    main()
finally:
    print(sorted(n for n in sys.modules if n.startswith("triptych.cli.faces")), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_panel_that_is_nearly_named_is_suggested(run: Run):
    slip(run("face"), "No such command 'face'. Did you mean 'faces'?")
