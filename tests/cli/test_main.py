"""The command line: answers on stdout, talk on stderr, every slip in one line, nothing left."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych import __version__
from triptych.cli.main import expand_user
from triptych.frame.storage import images

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

    monkeypatch.setattr("triptych.cli.multitask.data.print_datasets", fail)
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


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("trian", "Did you mean 'train'"),
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
        ("train digits --source FEW --batch 1", "got 1"),
        ("train digits --source FEW --lr nan", "Setting 'lr'"),
        ("train digits --source FEW --seed -1", "Setting 'seed'"),
        ("train digits --source FEW --weights circle=x", "Expected a number for 'circle'"),
        ("train digits --source FEW --weights circle=0", "above 0"),
        ("train digits --source FEW --weights wheel=1", "no head in this run 'wheel'"),
        (
            "train digits --source FEW --backbone resnet",
            "Choose from: mobilefacenet, residual, squeezenet, unet, vgg19",
        ),
        ("train digits --source FEW --device gpu", "Use --device cpu or auto"),
        ("train digits --source FEW --precision fp8", "'bf16'"),
        ("train digits --resume", "Expected a run folder"),
        ("evaluate none", "Expected a run folder"),
        ("evaluate RUN --split tset", "Did you mean 'test'"),
        ("evaluate RUN --source drwn", "Did you mean 'drawn'"),
        ("evaluate RUN --device gpu", "--device cpu"),
        ("predict none picture.png", "Expected a finished run"),
        ("predict RUN", "Missing argument"),
        ("predict RUN . --invert maybe", "way to invert"),
        ("predict RUN .", "Expected pictures in ., found none"),
        ("data look digit", "Did you mean 'digits'"),
        ("data look digits --count 0", "--count"),
        ("data look digits --source FEW --out sheet.txt", "Name it .png"),
        ("data look digits --source FEW --out none/sheet.png", "Make it"),
        ("data look digits --source FEW --split tests", "Did you mean 'test'"),
        ("data get mnits", "Did you mean 'mnist'"),
        ("data get drawn", "always at hand"),
        ("data get mnist", "TRIPTYCH_OFFLINE is set"),
    ],
)
def test_a_slip_is_told_in_one_line_and_leaves_nothing(
    run: Run, tmp_path: Path, few_digits: Path, trained_run: Path, command: str, words: str
):
    places = {"FEW": few_digits, "RUN": trained_run}
    slip(run(*(places.get(word, word) for word in command.split())), words)
    assert list(tmp_path.iterdir()) == []


def test_training_tells_figures_and_where_the_run_is(run: Run, few_digits: Path, tmp_path: Path):
    done = run("train", "digits", "--source", few_digits, "--heads", "digit,box", "--epochs", 1)
    assert done.status == 0
    assert "digit/accuracy" in done.out and "share of images" in done.out
    assert "Run: runs/digits" in done.err
    assert (tmp_path / "runs" / "digits" / "model.safetensors").exists()
    slip(run("train", "digits", "--source", few_digits), "holds a run already")


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


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two good pictures of the same name in two folders, and a bad one."""
    for folder, size in (("a", (30, 40)), ("b", (50, 28))):
        (tmp_path / "in" / folder).mkdir(parents=True)
        images.save(tmp_path / "in" / folder / "x.png", np.zeros((*size, 3), np.uint8))
    (tmp_path / "in" / "a" / "bad.png").write_bytes(b"\x89PNG no picture")
    return tmp_path / "in"


def test_one_bad_picture_of_a_folder_is_named_and_the_rest_answered(
    run: Run, trained_run: Path, pictures: Path
):
    done = run("predict", trained_run, pictures / "a", "--json")
    told = json.loads(done.out)
    assert done.status == 0
    assert [each["image"] for each in told["predictions"]] == [str(pictures / "a" / "x.png")]
    assert told["skipped"] == [str(pictures / "a" / "bad.png")]
    assert "bad.png" in done.err and done.err.count("\n") == 1
    assert told["predictions"][0]["width"] == 40
    assert set(told["predictions"][0]["answers"]) == {"digit", "box", "circle", "mask"}


def test_a_bad_picture_named_by_itself_is_a_slip_though_the_rest_is_answered(
    run: Run, trained_run: Path, pictures: Path
):
    done = run("predict", trained_run, pictures / "a" / "bad.png", pictures / "a" / "x.png")
    assert done.status == 2
    assert done.out.startswith(str(pictures / "a" / "x.png")) and done.out.count("\n") == 1
    assert done.err.count("bad.png") == 1 and "1 of 2 pictures" in done.err


def test_a_missing_picture_is_a_slip(run: Run, trained_run: Path):
    done = run("predict", trained_run, "none.png", "--json")
    assert done.status == 2 and "none.png" in done.err and "Traceback" not in done.err
    assert json.loads(done.out)["predictions"] == []


def test_pictures_of_one_name_are_drawn_beside_each_other(
    run: Run, trained_run: Path, pictures: Path, tmp_path: Path
):
    command = ("predict", trained_run, pictures / "a" / "x.png", pictures / "b", "--json")
    done = run(*command, "--draw", "drawn")
    assert done.status == 0
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {"x.png", "x-2.png"}
    drawn = [each["drawn"] for each in json.loads(done.out)["predictions"]]
    assert drawn == ["drawn/x.png", "drawn/x-2.png"]


def test_drawing_into_a_file_is_a_slip(run: Run, trained_run: Path, pictures: Path):
    picture = pictures / "a" / "x.png"
    before = picture.read_bytes()
    slip(run("predict", trained_run, picture, "--draw", picture), "Expected a folder for --draw")
    slip(run("predict", trained_run, picture, "--draw", picture / "below"), "folder")
    assert picture.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_right_to_write_is_told(run: Run, few_digits: Path, tmp_path: Path):
    (tmp_path / "locked").mkdir(mode=0o500)
    slip(run("train", "digits", "--source", few_digits, "--out", "locked/run"), "denied")
    slip(run("data", "look", "digits", "--source", few_digits, "--out", "locked/a.png"), "denied")


def test_a_file_where_the_run_should_be_is_told(run: Run, few_digits: Path, tmp_path: Path):
    (tmp_path / "taken").touch()
    slip(run("train", "digits", "--source", few_digits, "--out", "taken"), "Cannot make")


@pytest.mark.parametrize(
    "kind", ["16-bit", "CMYK", "palette", "animated", "turned", "1×1", "wide", "alpha", "1-bit"]
)
def test_odd_pictures_are_answered(run: Run, trained_run: Path, tmp_path: Path, kind: str):
    path = tmp_path / (
        "odd.tif" if kind == "CMYK" else "odd.gif" if kind == "animated" else "odd.png"
    )
    grey = Image.fromarray(np.arange(800, dtype=np.uint8).reshape(20, 40))
    size, more = (40, 20), {}
    if kind == "16-bit":
        grey = Image.fromarray(np.arange(800, dtype=np.uint16).reshape(20, 40) * 80)
    elif kind == "CMYK":
        grey = grey.convert("CMYK")
    elif kind in ("palette", "alpha", "1-bit"):
        grey = grey.convert({"palette": "P", "alpha": "LA", "1-bit": "1"}[kind])
    elif kind == "animated":
        more = {"save_all": True, "append_images": [grey.rotate(90)]}
    elif kind == "turned":
        exif = Image.Exif()
        exif[0x0112] = 6
        size, more = (20, 40), {"exif": exif}
    elif kind in ("1×1", "wide"):
        size = (1, 1) if kind == "1×1" else (20_000, 3)
        grey = grey.resize(size)
    grey.save(path, **more)
    (told,) = json.loads(run("predict", trained_run, path, "--json").out)["predictions"]
    assert (told["width"], told["height"]) == size
    assert told["answers"]["mask"]["rle"]["size"] == [size[1], size[0]]


@pytest.mark.parametrize("dataset", ["digits", "mosaic-digits", "colored-digits"])
def test_a_sheet_shows_a_dataset(run: Run, few_digits: Path, tmp_path: Path, dataset: str):
    done = run("data", "look", dataset, "--source", few_digits, "--count", 5)
    assert done.status == 0 and "Written: sheet.png" in done.err
    assert images.read(tmp_path / "sheet.png").std() > 0


def test_datasets_and_sources_are_listed(run: Run):
    done = run("data", "list")
    assert done.status == 0
    for name in ("mosaic-digits", "emoji", "openmoji", "triptych data get mnist"):
        assert name in done.out


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
