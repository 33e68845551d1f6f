"""`triptych style paint`: pictures painted, stopped, gone on with, and every slip in one line.

The network is a small VGG-19 of random weights in a safetensors file.
"""

import json
import shutil
import signal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from triptych.backbones.vgg19 import VGG19
from triptych.frame.storage import assets, images, run_folder
from triptych.style.config import DEFAULT_FEATHER, FeatureConfig
from triptych.style.job.job import CHECKPOINT_EVERY, IMAGE, TransferJob
from triptych.style.networks._weights import HALF
from triptych.style.optimization.config import TransferConfig
from triptych.style.optimization.style_optimizer import StyleOptimizer
from triptych.style.schedule import DEFAULT_SCHEDULE

from ..typed import Done, Run, slip

QUICK = ("--features", "tiny.safetensors", "--size", 24, "--steps", "4,3", "--device", "cpu")
Paint = Any


def pixels(seed: int, height: int = 30, width: int = 40, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


@pytest.fixture(autouse=True)
def files(run: Run, tmp_path: Path) -> None:
    """tiny.safetensors, photo.png and two paintings."""
    torch.manual_seed(0)
    network = VGG19(3, 32, 32, widths=(4, 6), last="conv2_1", color_transform=True)
    save_file(network.state_dict(), tmp_path / "tiny.safetensors")
    for name, seed in {"photo": 0, "wave": 1, "night": 2}.items():
        images.save(tmp_path / f"{name}.png", pixels(seed))


@pytest.fixture
def paint(run: Run) -> Paint:
    """Types `style paint photo.png wave.png` with quick settings."""

    def typed(*words: object) -> Done:
        return run("style", "paint", "photo.png", "wave.png", *QUICK, *words)

    return typed


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Presses Ctrl-C in the step after so many, once."""

    def press_after(steps: int) -> None:
        due, whole = [steps], StyleOptimizer.step

        def step(self: StyleOptimizer) -> Any:
            if len(self.history) in due:
                due.clear()
                signal.raise_signal(signal.SIGINT)
            return whole(self)

        monkeypatch.setattr(StyleOptimizer, "step", step)

    return press_after


# --- painting ---


def test_a_picture_is_painted(paint: Paint, tmp_path: Path):
    done = paint("--out", "out.jpg")
    assert done.status == 0
    assert done.out.startswith("out.jpg: 24×18, 7 steps")
    assert images.read(tmp_path / "out.jpg").shape == (18, 24, 3)
    assert "paint 24 px 3/3" in done.err and "relu1_1" in done.err
    assert {path.name for path in tmp_path.iterdir()} == {
        *("tiny.safetensors", "photo.png", "wave.png", "night.png", "out.jpg")
    }


def test_a_run_folder_holds_all_there_is_to_see(paint: Paint, tmp_path: Path):
    done = paint("--run", "runs/a", "--gif", "--mp4", "--json")
    told, folder = json.loads(done.out), tmp_path / "runs/a"
    assert told["finished"] and told["steps"] == 7 and told["pictures"] == ["runs/a/picture.png"]
    facts = json.loads((folder / "run.json").read_text())
    assert facts["painting"]["settings"]["steps"] == [4, 3]
    assert facts["method"]["layers"] and len(facts["method"]["fingerprint"]) == 64
    assert set(facts["sha256"]) == {"content", "style 1"}
    rows = (folder / "costs.csv").read_text().splitlines()
    assert rows[0].startswith("scale,size,step,seconds,total,content,style/relu1_1")
    assert len(rows) == 8
    assert images.read(folder / "timeline.gif").shape == (18, 24, 3)
    for name in ("curves.png", "timeline.png", "timeline.mp4", "picture.png"):
        assert (folder / name).stat().st_size
    assert not (folder / "checkpoint.safetensors").exists()


def test_the_same_command_paints_the_same(paint: Paint, tmp_path: Path):
    for name in ("a.png", "b.png"):
        paint("--out", name, "--init", "noise", "--seed", 3)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    paint("--out", "c.png", "--init", "noise", "--seed", 4)
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "c.png").read_bytes()


def test_many_styles_colours_layers_and_a_start(run: Run, tmp_path: Path):
    words = ("--style-weights", "2,1", "--colours", "luminance", "--style-scale", 0.5)
    more = ("--style-layers", "relu1_1=2,relu2_1", "--content-layer", "relu1_2", "--tv", 0)
    rest = ("--statistics", "gram", "--pooling", "max", "--optimizer", "adam", "--init", "wave.png")
    styles = ("photo.png", "wave.png", "night.png")
    done = run("style", "paint", *styles, *QUICK, *words, *more, *rest, "--run", "a")
    assert done.status == 0, done.err
    facts = json.loads((tmp_path / "a/run.json").read_text())
    assert facts["painting"]["settings"]["style_weights"] == [2, 1]
    assert facts["method"]["layers"] == pytest.approx({"relu1_1": 2 / 3, "relu2_1": 1 / 3})
    assert facts["method"]["statistics"] == "gram" and facts["method"]["pooling"] == "max"


def test_a_mask_leaves_the_rest_as_it_was(paint: Paint, tmp_path: Path):
    mask = np.zeros((60, 80, 1), np.uint8)
    mask[:, :40] = 255
    images.save(tmp_path / "mask.png", mask)
    cutout = np.concatenate([pixels(5, 60, 80), mask], 2)
    images.save(tmp_path / "cutout.png", cutout)
    for name in ("mask.png", "cutout.png"):
        assert paint("--mask", name, "--soft", 0, "--out", "out.png", "--size", 40).status == 0
        painted = images.read(tmp_path / "out.png").astype(int)
        there = np.abs(painted - pixels(0))
        assert there[:, 21:].max() <= 1
        assert there[:, :19].mean() > 3


# --- stopping and going on ---


@pytest.mark.parametrize("steps", [0, 3, 5])
def test_a_run_that_was_stopped_goes_on_to_the_same_picture(
    paint: Paint, run: Run, tmp_path: Path, stopping: Any, steps: int
):
    odd = ("--size", 27)  # whose rows of numbers begin at no round address
    paint("--run", "whole", "--out", "whole.png", *odd)
    stopping(steps)
    stopped = paint("--run", "broken", "--out", "broken.png", *odd)
    assert stopped.status == 130
    assert "--run broken --resume" in stopped.err
    assert images.read(tmp_path / "broken.png").shape[2] == 3
    done = run("style", "paint", "--run", "broken", "--resume")
    assert done.status == 0, done.err
    for name in ("picture.png", "timeline.png"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert (tmp_path / "broken.png").read_bytes() == (tmp_path / "whole.png").read_bytes()
    whole, broken = (
        [line.split(",")[4:] for line in (tmp_path / name / "costs.csv").read_text().splitlines()]
        for name in ("whole", "broken")
    )
    assert whole == broken


def test_a_run_that_is_being_painted_is_not_painted_twice(
    paint: Paint, run: Run, tmp_path: Path, stopping: Any
):
    stopping(2)
    paint("--run", "a")
    before = {path: path.read_bytes() for path in (tmp_path / "a").glob("*.*")}
    with run_folder.lock(tmp_path / "a"):
        slip(run("style", "paint", "--run", "a", "--resume"), "Another process is at work in a")
    assert {path: path.read_bytes() for path in (tmp_path / "a").glob("*.*")} == before


def test_without_a_run_folder_ctrl_c_keeps_the_picture(paint: Paint, tmp_path: Path, stopping: Any):
    stopping(2)
    done = paint("--out", "out.png")
    assert done.status == 130 and done.err.endswith("triptych: stopped.\n")
    assert images.read(tmp_path / "out.png").shape == (13, 17, 3)


def test_a_branch_goes_on_from_a_picture_with_other_settings(
    paint: Paint, run: Run, tmp_path: Path
):
    paint("--run", "a")
    done = run("style", "paint", "--from", "a", "--strength", 0.9, "--run", "b", "--json")
    assert json.loads(done.out)["steps"] == 3  # those of the last scale
    facts = json.loads((tmp_path / "b/run.json").read_text())
    assert facts["painting"]["settings"]["strength"] == 0.9
    assert (tmp_path / "b/start.png").read_bytes() == (tmp_path / "a/picture.png").read_bytes()
    first = images.read(tmp_path / "b/timeline/0-000000-24px.png")
    np.testing.assert_array_equal(first, images.read(tmp_path / "a/picture.png"))


def test_a_branch_of_a_stopped_run_paints_the_scales_that_are_left(
    paint: Paint, run: Run, stopping: Any
):
    stopping(2)
    paint("--run", "a")
    done = run("style", "paint", "--from", "a", "--strength", 0.9, "--out", "b.png", "--json")
    assert json.loads(done.out)["steps"] == 7


def test_a_run_of_changed_pictures_does_not_go_on(
    paint: Paint, run: Run, stopping: Any, tmp_path: Path
):
    stopping(2)
    paint("--run", "a")
    images.save(tmp_path / "wave.png", pixels(9))
    slip(run("style", "paint", "--run", "a", "--resume"), "wave.png has changed")


@pytest.mark.parametrize("name", ["run.json", "costs.csv", "checkpoint.safetensors"])
def test_a_damaged_run_is_told(paint: Paint, run: Run, stopping: Any, tmp_path: Path, name: str):
    stopping(2)
    paint("--run", "a")
    (tmp_path / "a" / name).write_bytes(b"{\xff")
    slip(run("style", "paint", "--run", "a", "--resume"), "damaged")


@pytest.mark.parametrize("changes", [{"sha256": {}}, {"steps": []}, {"painting": {}}], ids=str)
def test_a_run_that_was_altered_is_told(
    paint: Paint, run: Run, stopping: Any, tmp_path: Path, changes: dict[str, Any]
):
    stopping(2)
    paint("--run", "a")
    record = tmp_path / "a/run.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), **changes}))
    slip(run("style", "paint", "--run", "a", "--resume"), "run.json")


def test_without_its_frames_a_run_is_finished_and_that_is_said(
    paint: Paint, run: Run, stopping: Any, tmp_path: Path
):
    stopping(5)
    paint("--run", "a")
    shutil.rmtree(tmp_path / "a/timeline")
    (tmp_path / "a/timeline").touch()
    done = run("style", "paint", "--run", "a", "--resume", "--gif")
    assert done.status == 0 and "note: No pictures are left in a/timeline" in done.err
    assert (tmp_path / "a/metrics.json").exists() and not (tmp_path / "a/timeline.gif").exists()


def test_a_finished_run_gets_its_film_later(paint: Paint, run: Run, tmp_path: Path):
    paint("--run", "a", "--out", "out.png")
    slip(run("style", "paint", "--run", "a", "--resume"), "is finished")
    slip(run("style", "paint", "--run", "a", "--resume", "--gif", "--out", "b.png"), "is finished")
    (tmp_path / "out.png").unlink()
    done = run("style", "paint", "--run", "a", "--resume", "--gif", "--mp4", "--json")
    assert json.loads(done.out) == {"films": ["a/timeline.gif", "a/timeline.mp4"], "run": "a"}
    assert all((tmp_path / name).stat().st_size for name in json.loads(done.out)["films"])
    done = run("style", "paint", "--run", "a", "--resume", "--gif")
    assert done.out == "a/timeline.gif: how a was painted\n"
    assert not (tmp_path / "out.png").exists()
    shutil.rmtree(tmp_path / "a/timeline")
    slip(run("style", "paint", "--run", "a", "--resume", "--gif"), "found none")


# --- sweeps ---


def test_a_sweep_is_a_sheet_and_its_pictures(paint: Paint, tmp_path: Path):
    done = paint("--sweep", "strength=0.2,0.8", "--sweep", "seed=1,2", "--out", "s.png")
    assert done.status == 0 and done.out == "s.png: 4 of 4 pictures\n"
    names = {path.name for path in tmp_path.glob("s-*.png")}
    assert "s-strength-0.2-seed-1.png" in names and len(names) == 4
    assert images.read(tmp_path / "s.png").shape[1] > 2 * 24


def test_a_sweep_with_a_folder_keeps_a_run_for_each(paint: Paint, tmp_path: Path):
    assert paint("--sweep", "style-scale=0.5,2", "--run", "s").status == 0
    assert (tmp_path / "s/sweep.png").exists()
    assert (tmp_path / "s/style-scale-0.5/curves.png").exists()


def test_a_sweep_that_was_stopped_says_how_its_last_picture_goes_on(
    paint: Paint, run: Run, tmp_path: Path, stopping: Any
):
    stopping(2)
    done = paint("--sweep", "seed=1,2", "--run", "s")
    assert done.status == 130 and "Go on with: triptych style paint --run s/seed-1 --re" in done.err
    assert run("style", "paint", "--run", "s/seed-1", "--resume").status == 0
    again = paint("--sweep", "seed=3,4", "--run", "s")
    slip(again, "s holds a sweep already. Choose another --run.")


def test_a_sweep_that_branches_keeps_what_it_begins_from(paint: Paint, run: Run, tmp_path: Path):
    paint("--run", "a")
    done = run("style", "paint", "--from", "a", "--sweep", "strength=0.2,0.8", "--run", "s")
    assert done.status == 0, done.err
    for name in ("strength-0.2", "strength-0.8"):
        facts = json.loads((tmp_path / "s" / name / "run.json").read_text())
        assert facts["from"] == str(tmp_path / "a") and facts["sweep"] == name.replace("-", " ")
        start = tmp_path / "s" / name / "start.png"
        assert facts["painting"]["start"] == str(start)
        assert start.read_bytes() == (tmp_path / "a/picture.png").read_bytes()


def test_half_precision_is_recorded_and_kept_by_a_branch(paint: Paint, run: Run, tmp_path: Path):
    assert "Only vgg19 has weights of half precision" in paint("--half").err
    place = assets.cache_folder() / HALF.path
    place.parent.mkdir(parents=True)
    network = VGG19(3, 32, 32, widths=(4, 6, 6, 6, 6), last="conv5_1", color_transform=True)
    save_file(network.half().state_dict(), place)
    assert paint("--features", "vgg19", "--half", "--run", "a").status == 0
    assert run("style", "paint", "--from", "a", "--strength", 0.9, "--run", "b").status == 0
    for name in ("a", "b"):
        facts = json.loads((tmp_path / name / "run.json").read_text())
        assert facts["painting"]["options"] == {"half": True}
    assert paint("--run", "c").status == 0
    assert not json.loads((tmp_path / "c/run.json").read_text())["painting"]["options"]


def test_the_help_says_the_defaults(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "300")
    shown = run("style", "paint", "--help").out
    lines = shown.splitlines()
    known = {
        "--size": TransferConfig.size,
        "--strength": TransferConfig.strength,
        "--init": TransferConfig.init,
    }
    known |= {
        "--optimizer": TransferConfig.optimizer,
        "--seed": TransferConfig.seed,
        "--pooling": FeatureConfig.pooling,
    }
    known |= {"--style-scale": TransferConfig.style_scale, "--colours": TransferJob.colors}
    known |= {"--statistics": FeatureConfig.statistics, "--tv": FeatureConfig.variation}
    for flag, value in known.items():
        assert any(flag in line and f"(default {value})" in line for line in lines), flag
    assert f"otherwise {Fraction(DEFAULT_FEATHER)} of" in shown
    assert f"the method's own: {','.join(map(str, DEFAULT_SCHEDULE.steps))} …" in shown
    assert f"checkpoints of a run (default {CHECKPOINT_EVERY:g})" in shown
    assert f"(default {IMAGE})" in shown and "[PICTURES]... " in shown


# --- slips ---


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--strength", "1.5"), "'strength': Input should be less than or equal to 1"),
        (("--strength", "nan"), "'strength': Input should be less"),
        (("--style-weights", "1,2"), "a share for each style (1), got 2"),
        (("--style-weights", "-1"), "0 or more"),
        (("--style-weights", "nan"), "0 or more"),
        (("--style-weights", "one"), "Expected numbers"),
        (("--style-weights", ","), "Expected numbers"),
        (("--style-weights", "1e999"), "finite shares"),
        (("--style-layers", ""), "LAYER=WEIGHT"),
        (("--style-layers", "relu1_1,relu1_1=2"), "each once"),
        (("--soft", "3"), "Add --mask"),
        (("--out", "photo.png"), "painted over itself"),
        (("--out", "./wave.png"), "painted over itself"),
        (("--sweep", "seed=1", "--out", "wave.png"), "painted over itself"),
        (("--sweep", "seed=1", "--gif", "--run", "a"), "not a sweep"),
        (("--sweep", "content-layer=relu1_1,relu4_2"), "ends at relu2_1"),
        (("--style-layers", "relu1_1=nan"), "0 or more"),
        (("--style-layers", "relu1_1=-2"), "0 or more"),
        (("--style-layers", "relu5_1"), "ends at relu2_1"),
        (("--content-layer", "relu4_2"), "ends at relu2_1"),
        (("--tv", "nan"), "0 or more"),
        (("--tv", "-1"), "0 or more"),
        (("--pooling", "mean"), "average, max"),
        (("--statistics", "grams"), "Did you mean 'gram'"),
        (("--optimizer", "sgd"), "adam, lbfgs"),
        (("--colours", "gold"), "no choice of colours 'gold'. Choose from: luminance"),
        (("--init", "noize"), "Did you mean 'noise'? Choose from: content, noise, style. Or name"),
        (("--steps", "0"), "'steps.0': Input should be greater than or equal to 1"),
        (("--size", "0"), "'size': Input should be greater than or equal to 1"),
        (("--strength", "0.5", "--style-weight", "2"), "got both"),
        (("--content-weight", "0", "--style-weight", "0"), "above 0, got none"),
        (("--style-weight", "-1"), "'style_weight': Input should be greater"),
        (("--max-memory", "much"), "4G or 500M"),
        (("--max-memory", "10M"), "memory of at least"),
        (("--max-memory", "4G", "--features", "patches"), "Only painting with a network"),
        (("--features", "vgg16"), "Did you mean 'vgg19'"),
        (("--features", "zz"), "Choose from: auto, patches, squeezenet, vgg19"),
        (("--features", "no.safetensors"), "There is no file no.safetensors"),
        (("--features", "no/such"), "There is no file no/such"),
        (("--features", "x" * 5000), "There is no network"),
        (("--features", "patches", "--tv", "1"), "they have no --tv."),
        (("--features", "patches", "--half"), "they have no --half."),
        (("--features", "photo.png"), "photo.png is no whole safetensors file"),
        (("--mask", "nowhere.png"), "nowhere.png"),
        (("--sweep", "strenght=1,2"), "Did you mean 'strength'"),
        (("--sweep", "init=image"), "no start 'image'. Choose from: content, noise, style."),
        (("--sweep", "init=noise,wave.png"), "no start 'wave.png'. Choose from: content, noise"),
        (("--sweep", "seed=1", "--checkpoint", 5), "Add --run FOLDER"),
        (("--sweep", "strength=low,high"), "Expected numbers"),
        (("--sweep", "strength=0.5,7"), "less than or equal to 1, got 7"),
        (("--sweep", "size=40,0"), "'size': Input should be greater"),
        (("--sweep", "steps=1,0"), "'steps.0': Input should be greater"),
        (("--out", "nowhere/picture.png"), "no folder"),
        (("--out", "picture.mp3"), "Name it .png"),
        (("--out", "picture"), "Name it .png"),
        (("--gif",), "--run FOLDER"),
        (("--checkpoint", 5), "Add --run FOLDER"),
        (("--out", ""), "the name of a file or a folder, got nothing"),
        (("--run", ""), "the name of a file or a folder, got nothing"),
        (("--resume",), "Name it: --run"),
        (("--run", "."), "not empty"),
        (("--from", "a"), "Leave CONTENT and STYLE out"),
    ],
)
def test_slips_are_told_in_one_line_before_painting(
    paint: Paint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Any, told: str
):
    before = {path.name for path in tmp_path.iterdir()}
    monkeypatch.setattr(StyleOptimizer, "step", lambda self: pytest.fail("it painted"))
    slip(paint(*words), told)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_one_picture_is_too_few(run: Run):
    slip(run("style", "paint", "photo.png"), "Expected a content and a style, got one picture.")


def test_a_mask_of_another_shape_is_told(paint: Paint, tmp_path: Path):
    images.save(tmp_path / "mask.png", pixels(0, 40, 40, 1))
    slip(paint("--mask", "mask.png"), "shaped like the content")


def test_a_run_without_a_mask_head_is_told(paint: Paint, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    slip(paint("--mask", "empty"), "empty. Train one: triptych train digits --heads mask.")


@pytest.mark.parametrize("shape", [(3, 3, 3), (2, 100, 3), (100, 2, 3), (40, 40, 4), (40, 40, 1)])
def test_odd_pictures_are_painted(run: Run, tmp_path: Path, shape: tuple[int, int, int]):
    images.save(tmp_path / "odd.png", pixels(0, *shape))
    for pair in (("odd.png", "wave.png"), ("photo.png", "odd.png")):
        assert run("style", "paint", *pair, *QUICK, "--out", "out.png").status == 0
