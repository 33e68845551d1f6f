"""`triptych train` and `evaluate`: results on stdout, every slip in one line, nothing left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.multitask.train import OPTIONS

from ..typed import Run, slip


def test_training_tells_figures_and_where_the_run_is(run: Run, few_digits: Path, tmp_path: Path):
    done = run("train", "digits", "--source", few_digits, "--heads", "digit,box", "--epochs", 1)
    assert done.status == 0
    assert "digit/accuracy" in done.out and "share of images" in done.out
    assert "Run: runs/digits" in done.err
    assert (tmp_path / "runs" / "digits" / "model.safetensors").exists()
    slip(run("train", "digits", "--source", few_digits), "holds a run already")


def test_a_first_try_ends_with_what_to_do_next(run: Run, few_digits: Path, tmp_path: Path):
    words = ("train", "digits", "--source", few_digits, "--out", "run", "--heads", "label")
    words = (*words, "--limit", 64, "--set", "epochs=1", "--set", "shift=1", "--batch", 32)
    done = run(*words)
    assert done.status == 0, done.err
    record = json.loads((tmp_path / "run" / "run.json").read_bytes())
    assert record["plan"]["limit"] == 64 and record["settings"]["epochs"] == 1
    assert record["plan"]["options"]["shift"] == 1
    assert "train epoch 1/1 step 2/2" in done.err
    assert done.err.splitlines()[-1] == "Next      triptych predict run PICTURE.jpg"
    for name in ("answers.png", "curves.png", "network.svg"):
        assert f"run/{name}" in done.err and (tmp_path / "run" / name).exists()
    again = run(*words[:2], "--out", "run", "--resume")
    assert "has had its 1 epochs" in again.err
    grown = run(*words[:2], "--out", "run", "--resume", "--epochs", 2)
    assert "schedule is laid anew over all 2" in grown.err
    slip(run("train", "mosaic-digits", "--out", "run", "--resume"), "is a run of digits")
    slip(run(*words[:2], "--out", "run", "--resume", "--batch", 9), "batch 32, got batch 9")


def test_options_are_not_set(run: Run):
    for name in OPTIONS:
        slip(run("train", "digits", "--set", f"{name}=1"), f"Write --{name} in place of --set")
        assert f"--{name}" in run("train", "--help").out
    wrong = run("train", "digits", "--set", "weight_deca=1")
    slip(wrong, "no setting 'weight_deca'. Did you mean 'weight_decay'?")


@pytest.mark.parametrize(
    "words", ["data list", "data list --json", "train colored-digit", "data look digit", "--help"]
)
def test_quick_words_import_no_torch(words: str):
    code = f"""
import sys
from triptych.cli.main import main
sys.argv = ["triptych", *{words.split()}]
try:
    main()
except SystemExit as left:
    print(left.code, "torch" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slipped = "list" not in words and "help" not in words
    assert done.stderr.splitlines()[-1] == ("2 False" if slipped else "0 False")


def test_json_is_all_there_is_on_stdout(run: Run, trained_run: Path, few_digits: Path):
    done = run(
        *(
            "train",
            "circled-digits",
            "--source",
            few_digits,
            "--epochs",
            1,
            "--out",
            "run",
            "--json",
        )
    )
    trained = json.loads(done.out)
    assert trained.keys() == {"metrics", "definitions", "images", "dataset", "source", "split"}
    assert trained["metrics"].keys() == trained["definitions"].keys()
    evaluated = json.loads(run("evaluate", "run", "--json").out)
    assert evaluated == trained
    listed = json.loads(run("data", "list", "--json").out)
    assert "digits" in listed["datasets"] and listed["sources"]["drawn"]["at_hand"]
    assert not listed["sources"]["mnist"]["at_hand"]


def test_a_run_is_measured_on_another_source(run: Run, trained_run: Path, few_digits: Path):
    done = run("evaluate", trained_run, "--source", few_digits, "--split", "validation", "--json")
    assert json.loads(done.out)["images"] == 20


def test_a_source_of_another_size_is_refused(
    run: Run, trained_run: Path, write_idx, tmp_path: Path
):
    some = np.zeros((20, 16, 16), np.uint8), [n % 10 for n in range(20)]
    folder = write_idx(tmp_path / "set", some, some)
    slip(run("evaluate", trained_run, "--source", folder), "height 28")


@pytest.mark.parametrize("file", ["model.json", "run.json", "model.safetensors"])
def test_a_tampered_run_is_told(run: Run, trained_run: Path, tmp_path: Path, file: str):
    for name in ("model.json", "run.json", "model.safetensors"):
        (tmp_path / name).write_bytes((trained_run / name).read_bytes())
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(content[: len(content) // 2])
    slip(run("evaluate", tmp_path), file)
    (tmp_path / file).unlink()
    slip(run("evaluate", tmp_path), file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_right_to_write_is_told(run: Run, few_digits: Path, tmp_path: Path):
    (tmp_path / "locked").mkdir(mode=0o500)
    slip(run("train", "digits", "--source", few_digits, "--out", "locked/run"), "denied")
    slip(run("data", "look", "digits", "--source", few_digits, "--out", "locked/a.png"), "denied")


def test_a_file_where_the_run_should_be_is_told(run: Run, few_digits: Path, tmp_path: Path):
    (tmp_path / "taken").touch()
    slip(run("train", "digits", "--source", few_digits, "--out", "taken"), "Cannot make")


@pytest.mark.slow
def test_ctrl_c_keeps_the_last_epoch_and_leaves_with_130(few_digits: Path, tmp_path: Path):
    command = [sys.executable, "-m", "triptych", "train", "digits", "--heads", "label"]
    command += ["--source", str(few_digits), "--epochs", "2000", "--out", str(tmp_path / "run")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    deadline = time.monotonic() + 120
    while not last.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == "" and "Traceback" not in err
    assert err.splitlines()[-1].startswith("triptych: stopped")
    assert last.exists() and not list((tmp_path / "run").glob("model.*"))
    assert not list((tmp_path / "run").rglob("*.part"))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("train", "Missing argument"),
        ("train digits --epoch 3", "--epochs"),
        ("train digits --epochs many", "valid integer"),
        ("train digits --epochs", "requires an argument"),
        ("train digit", "Did you mean 'digits'"),
        ("train digits --source FEW --heads label,bx", "Did you mean 'box'"),
        ("train digits --source FEW --heads semantic", "It supplies: box, circle, digit, mask."),
        ("train digits --source mnst", "Did you mean 'mnist'"),
        ("train digits --source openmoji", "Use --source"),
        ("train digits --source mnist", "TRIPTYCH_OFFLINE is set"),
        ("train emoji --source openmoji", "put it into"),
        ("train digits --source /none", "Or name a folder of IDX files"),
        ("train digits --source FEW --monitor circle/iu", "Did you mean 'circle/iou'"),
        ("train digits --source FEW --set shift=99", "got '99'"),
        ("train digits --source FEW --set shif=1", "Did you mean 'shift'"),
        ("train digits --source FEW --set shift", "Expected NAME=VALUE"),
        ("train digits --source FEW --epochs 0", "got 0"),
        ("train digits --source FEW --batch 1", "greater than or equal to 2"),
        ("train digits --source FEW --lr nan", "Setting 'lr'"),
        ("train digits --source FEW --seed -1", "Setting 'seed'"),
        ("train digits --source FEW --weights circle=x", "Expected a number for 'circle'"),
        ("train digits --source FEW --weights circle=0", "above 0"),
        ("train digits --source FEW --weights wheel=1", "no head in this run 'wheel'"),
        (
            "train digits --source FEW --backbone resnet",
            "Choose from: dlib-resnet, efficientnet-lite0, mobilefacenet, residual",
        ),
        ("train digits --source FEW --device gpu", "Use --device cpu or auto"),
        ("train digits --source FEW --precision fp8", "'bf16'"),
        ("train digits --resume", "Expected a run folder"),
        ("evaluate none", "Expected a run folder"),
        ("evaluate RUN --split tset", "Did you mean 'test'"),
        ("evaluate RUN --source drwn", "Did you mean 'drawn'"),
        ("evaluate RUN --device gpu", "--device cpu"),
    ],
)
def test_a_slip_is_told_in_one_line_and_leaves_nothing(
    refused: Callable[[str, str], None], command: str, words: str
):
    refused(command, words)
