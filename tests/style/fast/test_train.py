"""Whole trainings on a few made-up photographs: complete runs, stopped and resumed, refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import cv2
import lightning as L
import numpy as np
import pytest
from lightning.pytorch.callbacks import Callback
from safetensors.torch import load_file

from triptych.frame.errors import ConfigError, DataError, ImageError, RunError, UnknownNameError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images
from triptych.frame.training.callbacks import read_history
from triptych.style.fast import perceptual_loss
from triptych.style.fast.apply import load
from triptych.style.fast.train import TrainResult, resume, train
from triptych.style.networks._extractor import FeatureExtractor

SMALL = {
    **{"size": 32, "style_size": 32, "width": 4, "blocks": 1, "steps": 8, "epochs": 2},
    **{"batch": 2, "held": 2, "device": "cpu", "precision": "fp32"},
}
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module", autouse=True)
def judging(tiny: FeatureExtractor) -> Iterator[None]:
    """The tiny network judges, whatever the name asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(perceptual_loss, "load_extractor", lambda name, **_: tiny)
        yield


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine smooth photographs and a broken one."""
    folder, chance = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for number in range(9):
        smooth = cv2.resize(chance.random((4, 5, 3)), (80, 64), interpolation=cv2.INTER_CUBIC)
        images.save(folder / f"{number}.png", (smooth.clip(0, 1) * 255).astype(np.uint8))
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def style(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stripes of red and yellow."""
    stripes = np.zeros((40, 40, 3), np.uint8)
    stripes[..., 0] = 220
    stripes[:, ::4, 1] = stripes[:, 1::4, 1] = 200
    path = tmp_path_factory.mktemp("style") / "stripes.png"
    images.save(path, stripes)
    return path


def small(style: Path, photos: Path, out: Path, **changes: Any) -> TrainResult:
    return train(style, photos, out=out, **{**SMALL, **changes})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, style: Path, photos: Path) -> TrainResult:
    steps: list[ProgressEvent] = []
    out = tmp_path_factory.mktemp("run") / "stripes"
    trained = small(style, photos, out, epochs=3, progress=steps.append)
    assert {step.task for step in steps} == {"read photos", "train"}
    return trained


def test_a_run_is_complete(run: TrainResult):
    expected = "run.json metrics.csv metrics.json model.json curves.png sheet.png style.png"
    folders = {"checkpoints", "epochs"}
    assert {*expected.split(), WEIGHTS, *folders} == {p.name for p in run.folder.iterdir()}
    assert [p.name for p in sorted((run.folder / "epochs").iterdir())] == [
        f"{epoch:03}.png" for epoch in (1, 2, 3)
    ]


def test_model_json_is_the_last_file_written(run: TrainResult):
    files = [file for file in run.folder.rglob("*") if file.is_file()]
    latest = max(file.stat().st_mtime_ns for file in files)
    assert (run.folder / "model.json").stat().st_mtime_ns == latest


def test_costs_fall(run: TrainResult):
    first, *_, last = run.losses
    assert last["train/loss"] < 0.7 * first["train/loss"]
    assert last["style/val"] < 0.8 * first["style/val"]
    assert run.losses == tuple(read_history(run.folder))


def test_a_training_that_diverges_is_told(style: Path, photos: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"diverged in epoch \d.* smaller --lr than 1e\+30"):
        small(style, photos, tmp_path / "run", lr=1e30)


def test_a_run_says_what_was_learnt_from_and_what_was_refused(run: TrainResult, photos: Path):
    facts = json.loads((run.folder / "run.json").read_bytes())
    assert facts["photos"] == [str(photos)]
    assert (facts["learnt"], len(facts["held"])) == (7, 2)
    assert [one.photo for one in run.skipped] == ["broken.png"]
    assert facts["refused"][0]["photo"] == "broken.png"
    assert facts["fast"]["size"] == 32


def test_a_run_paints_nearer_to_the_style_than_the_photo_is(run: TrainResult, photos: Path):
    content = images.read(photos / "0.png")
    painted = load(run.folder, device="cpu").paint(content)
    red, green, blue = painted.reshape(-1, 3).mean(0) - content.reshape(-1, 3).mean(0)
    assert red > 5 and blue < -5 and green < red


class Stop(Callback):
    """Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if trainer.current_epoch == self.epoch and batch_idx == 3:
            raise KeyboardInterrupt


def test_a_stopped_run_goes_on_as_if_it_never_had_been(
    run: TrainResult, style: Path, photos: Path, tmp_path: Path
):
    with pytest.raises(KeyboardInterrupt):
        small(style, photos, tmp_path / "run", epochs=3, callbacks=[Stop(1)])
    resumed = resume(tmp_path / "run")
    assert [row["epoch"] for row in resumed.losses] == [1, 2, 3]
    whole, again = (load_file(one.folder / WEIGHTS) for one in (run, resumed))
    assert all((whole[name] == again[name]).all() for name in whole)


def test_runs_that_cannot_go_on_are_refused(
    run: TrainResult, style: Path, photos: Path, tmp_path: Path
):
    with pytest.raises(RunError, match="Expected a run folder"):
        resume(tmp_path)
    facts = json.loads((run.folder / "run.json").read_bytes())
    for changes, told in (
        ({"data": {"photos": "", "style": ""}}, "have changed"),
        ({"settings": [1]}, "damaged"),
        ({"photos": 5}, "damaged"),
    ):
        (tmp_path / "run.json").write_text(json.dumps({**facts, **changes}))
        images.save(tmp_path / "style.png", images.read(style))
        with pytest.raises(RunError, match=told):
            resume(tmp_path)
    del facts["fast"]
    (tmp_path / "run.json").write_text(json.dumps({**facts, "triplets": {}}))
    with pytest.raises(RunError, match="is a run of `triptych faces train`"):
        resume(tmp_path)
    with pytest.raises(ConfigError, match="holds a run already"):
        small(style, photos, run.folder)


def test_a_run_goes_on_where_its_photos_have_moved(style: Path, photos: Path, tmp_path: Path):
    before, after, out = tmp_path / "before", tmp_path / "after", tmp_path / "run"
    copytree(photos, before)
    whole = small(style, before, out)
    before.rename(after)
    with pytest.raises(RunError, match=r"are not in .*before.*name where they.* --resume"):
        resume(out)
    with pytest.raises(ConfigError, match=r"1 folders or zips of photos .* got 2"):
        resume(out, photos=[after, after])
    moved = resume(out, photos=after)
    assert moved.losses == whole.losses
    record = json.loads((out / "run.json").read_bytes())
    assert record["photos"] == [str(after)] and record["photos_begun"] == [str(before)]
    assert resume(out).losses == whole.losses  # and from now on without being told
    after.rename(before)
    assert resume(out, photos=before).losses == whole.losses
    images.save(before / "more.png", np.full((40, 40, 3), 7, np.uint8))
    with pytest.raises(RunError, match="was begun with other photos than those in"):
        resume(out, photos=before)


@pytest.mark.parametrize("shape", [(3, 3), (3, 200)])
def test_a_style_of_3_pixels_is_refused_and_nothing_is_written(
    photos: Path, tmp_path: Path, shape: tuple[int, int]
):
    images.save(tmp_path / "tiny.png", np.full((*shape, 3), 9, np.uint8))
    with pytest.raises(ImageError, match="16 pixels or more"):
        small(tmp_path / "tiny.png", photos, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_slips_are_told_before_anything_is_written(style: Path, photos: Path, tmp_path: Path):
    (tmp_path / "none").mkdir()
    for places, changes, error in (
        (photos, {"widht": 4}, UnknownNameError),
        (photos, {"strength": -1}, ConfigError),
        (tmp_path / "none", {}, DataError),
    ):
        with pytest.raises(error):
            small(style, places, tmp_path / "run", **changes)
    with pytest.raises(ImageError):
        small(photos / "broken.png", photos, tmp_path / "run")
    assert not (tmp_path / "run").exists()
