"""`triptych style train`, `apply` and `export`, typed as a user would."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from triptych.frame.storage import images
from triptych.style.fast.apply import save
from triptych.style.fast.config import DEFAULTS, FastStyleConfig
from triptych.style.fast.transformer_net import TransformerNet

from ..typed import Run, slip

LITTLE = ("--size", 32, "--style-size", 32, "--steps", 2, "--epochs", 1, "--batch", 2)
SMALL = ("--set", "width=4", "--set", "blocks=1", "--precision", "fp32", "--device", "cpu")


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """Photographs, one of them broken, a style, a network of one layer, and a run."""
    chance = np.random.default_rng(0)
    for name in ("photos/a.png", "photos/b.png", "photos/c.png", "style.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        images.save(tmp_path / name, chance.integers(0, 256, (40, 48, 3), "u1"))
    (tmp_path / "photos" / "bad.png").write_bytes(b"no picture")
    tensors = {"conv1_1.weight": torch.randn(4, 3, 3, 3), "conv1_1.bias": torch.zeros(4)}
    save_file(tensors, tmp_path / "mine.safetensors")
    (tmp_path / "run").mkdir()
    save(tmp_path / "run", TransformerNet(4, 1), 32)
    return tmp_path


def test_training_then_painting(run: Run, studio: Path):
    judge = ("--network", "mine.safetensors", "--json")
    done = run("style", "train", "style.png", "photos", "--out", "wave", *LITTLE, *SMALL, *judge)
    assert done.status == 0, done.err
    told = json.loads(done.out)
    assert told["run"] == "wave" and len(told["epochs"]) == 1
    assert [one["photo"] for one in told["refused"]] == ["bad.png"]
    assert "refused: Expected a picture" in done.err and "kind of file: bad.png." in done.err
    assert (studio / "wave" / "epochs" / "001.png").exists()
    painted = run("style", "apply", "wave", "photos/a.png", "photos/b.png", "--out", "new/made")
    assert painted.out.split() == ["new/made/a.png", "new/made/b.png"]
    assert images.read("new/made/a.png").shape == (40, 48, 3)
    again = run("style", "train", "style.png", "photos", "--out", "wave", "--resume")
    assert "what it means" in again.out and "val/loss" in again.out


def test_what_cannot_be_read_is_passed_over_and_told(run: Run, studio: Path):
    done = run("style", "apply", "run", "photos", "--out", "made", "--size", 24, "--json")
    assert done.status == 0
    assert [one["picture"] for one in json.loads(done.out)["pictures"]] == [
        f"made/{name}.png" for name in "abc"
    ]
    assert done.err.startswith("refused: ") and "bad.png" in done.err
    assert images.read("made/a.png").shape == (20, 24, 3)


def test_painted_pictures_keep_their_alpha(run: Run, studio: Path):
    pixels = np.full((20, 24, 4), 200, np.uint8)
    pixels[:, 12:, 3] = 0
    images.save(studio / "cut.png", pixels)
    assert run("style", "apply", "run", "cut.png", "--out", "made").status == 0
    painted = images.read("made/cut.png", channels=4)
    assert (painted[:, :12, 3] == 200).all() and (painted[:, 12:, 3] == 0).all()


def test_what_is_no_network_of_triptych_is_called_by_its_name(run: Run, studio: Path):
    (studio / "candy.pth").write_bytes(b"PK")
    slip(run("style", "apply", "candy.pth", "style.png", "--out", "made"), "of another program")
    (studio / "hub").mkdir()
    (studio / "hub" / "model.json").write_text('{"modelTopology": {}}')
    slip(run("style", "apply", "hub", "style.png", "--out", "made"), "not written by triptych")


def test_a_run_of_another_kind_is_refused_with_what_serves_it(run: Run, studio: Path):
    job = ("style.png", "photos/a.png", "--features", "patches", "--size", 16, "--steps", 1)
    assert run("style", "paint", *job, "--run", "painting").status == 0
    for words in (("export", "painting", "--to", "x.onnx"), ("apply", "painting", "style.png")):
        out = ("--out", "made") if words[0] == "apply" else ()
        told = run("style", *words, *out)
        slip(told, "is a run of `triptych style paint`: it holds an image, painting/picture.png")
        assert "no network" in told.err and "triptych style train STYLE PHOTOS" in told.err
    slip(run("predict", "painting", "style.png"), "is a run of `triptych style paint`")
    slip(run("predict", "run", "style.png"), "`triptych style apply run IMAGES --out FOLDER`")
    slip(run("evaluate", "painting"), "Expected a run of `triptych train`, but painting is")
    slip(run("faces", "encode", "style.png", "--encoder", "run"), "triptych style apply run")
    slip(run("style", "paint", "--from", "run"), "holds no run")
    resumed = run("style", "train", "style.png", "photos", "--out", "painting", "--resume")
    slip(resumed, "but painting is a run of `triptych style paint`")


def test_no_folder_is_made_where_nothing_is_painted(run: Run, studio: Path):
    assert run("style", "apply", "run", "none.png", "--out", "made").status == 2
    assert not (studio / "made").exists()


@pytest.mark.slow
def test_a_run_becomes_onnx(run: Run, studio: Path):
    pytest.importorskip("onnxscript", reason="the extra 'export' is not installed")
    done = run("style", "export", "run", "--to", "model.onnx", "--json")
    assert done.status == 0, done.err
    assert json.loads(done.out)["largest_difference"] < 1e-4
    assert (studio / "model.onnx").stat().st_size > 1000


def test_a_picture_named_twice_is_painted_once(run: Run, studio: Path):
    done = run("style", "apply", "run", "photos/a.png", "photos/a.png", "--out", "made")
    assert done.out.split() == ["made/a.png"]
    assert [path.name for path in (studio / "made").iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("apply", "none", "style.png", "--out", "made"), "Expected a finished run"),
        (("apply", "photos", "style.png", "--out", "made"), "Expected a finished run"),
        (("apply", "run", "none.png", "--out", "style.png"), "Expected a folder for --out"),
        (("apply", "run", "photos/a.png", "--out", "photos"), "painted over itself"),
        (("export", "none", "--to", "model.onnx"), "there is no folder none"),
        (("train", "none.png", "photos"), "none.png"),
        (("train", "style.png", "none"), "none"),
        (("train", "style.png", "photos"), "Or take --network vgg19: 575 MB, fetched once."),
        (("train", "style.png", "photos", "--set", "widht=4"), "width"),
        (("train", "style.png", "photos", "--strength", 2), "strength"),
        (("train", "style.png", "photos", "--set", "width"), "For example --set width=24."),
        (("train", "style.png", "photos", "--network", "patches"), "Choose from: auto, squeezenet"),
        (("train", "style.png", "photos", "--network", "no/x"), "no file no/x. Check its path."),
        (("train", "style.png", "photos", "--resume", "--out", "run"), "run.json"),
        (("train", "style.png", "photos", "--resume", "--out", "no"), "`triptych style train`"),
        (("train", "style.png", "photos", "--out", ""), "got nothing"),
    ],
)
def test_slips_are_told_in_one_line(run: Run, studio: Path, words: tuple, told: str):
    slip(run("style", *words), told)


def test_the_help_says_the_defaults(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = run("style", "train", "--help").out
    fast = FastStyleConfig()
    for value in (fast.size, fast.strength, fast.style_size, fast.network, fast.steps):
        assert f"(default {value})" in shown
    for name in ("epochs", "batch", "lr"):
        assert f"(default {DEFAULTS[name]})" in shown
