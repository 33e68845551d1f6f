"""Encoders trained on a few made-up people: whole runs, stopped and resumed, refused in words."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from safetensors.torch import load_file

from triptych.faces.embeddings import euclidean_distances
from triptych.faces.encoders.run import RunEncoder as TrainedEncoder
from triptych.faces.training.setup import MONITOR
from triptych.faces.training.train import TrainResult, resume, train
from triptych.frame.errors import ConfigError, RunError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images
from triptych.frame.training.callbacks import read_history

SMALL = {
    **{"crop": "whole", "height": 24, "width": 20, "channels": 1, "size": 16},
    **{"people": 4, "photos": 3, "steps": 6, "epochs": 2, "device": "cpu", "precision": "fp32"},
}
OPTIONS = {"base_channels": 12, "max_channels": 24}
WEIGHTS = "model.safetensors"


def write(folder: Path, people: int, photos: int) -> Path:
    """People are smooth patterns; their photos are those, shifted and noisy."""
    chance = np.random.default_rng(0)
    for person in range(people):
        face = cv2.resize(chance.random((5, 4)), (20, 24), interpolation=cv2.INTER_CUBIC)
        (folder / f"p{person}").mkdir(parents=True)
        for photo in range(photos):
            moved = np.roll(face, chance.integers(-1, 2, 2), (0, 1))
            noisy = (moved + chance.normal(0, 0.05, face.shape)).clip(0, 1) * 255
            images.save(folder / f"p{person}" / f"{photo}.png", noisy.astype(np.uint8)[..., None])
    return folder


def small(folder: Path, out: Path, **changes: Any) -> TrainResult:
    return train(folder, out=out, options=OPTIONS, **{**SMALL, **changes})


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("faces") / "people", 12, 5)
    (folder / "p0" / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, people: Path) -> TrainResult:
    steps: list[ProgressEvent] = []
    trained = small(people, tmp_path_factory.mktemp("run") / "run", progress=steps.append)
    assert {step.task for step in steps} == {"read photos", "train"}
    assert any("triplets/active" in step.metrics for step in steps)
    return trained


def test_a_run_is_complete(run: TrainResult):
    expected = "run.json metrics.csv metrics.json model.json curves.png neighbours.png"
    assert {*expected.split(), WEIGHTS, "checkpoints"} == {p.name for p in run.folder.iterdir()}


def test_model_json_is_the_last_file_written(run: TrainResult):
    files = [file for file in run.folder.rglob("*") if file.is_file()]
    latest = max(file.stat().st_mtime_ns for file in files)
    assert (run.folder / "model.json").stat().st_mtime_ns == latest


def test_every_epoch_tells_how_the_triplets_stand(run: TrainResult):
    rows = read_history(run.folder)
    names = f"epoch {MONITOR} train/loss triplets/active triplets/collapsed distance/same"
    assert [row["epoch"] for row in rows] == [1, 2]
    assert all({*names.split(), "distance/different"} == row.keys() for row in rows)
    assert all(0 <= row["triplets/active"] <= 1 for row in rows)


def test_a_run_says_who_was_asked_for_what_and_what_was_refused(run: TrainResult, people: Path):
    facts = json.loads((run.folder / "run.json").read_bytes())
    assert facts["plan"] == {"folders": [str(people)], "encoder": "scratch", "options": OPTIONS}
    assert facts["triplets"]["margin"] and facts["settings"]["seed"] == 0
    (refused,) = facts["refused"]
    assert refused["photo"] == run.refused[0].photo == "p0/broken.png"
    assert run.refused[0].reason


def test_the_figures_are_those_of_people_never_seen(run: TrainResult):
    written = json.loads((run.folder / "metrics.json").read_bytes())
    assert written["part"] == "test" and written["people"] == 3 and written["images"] == 15
    assert written["metrics"] == run.metrics
    assert {"verification/eer", "verification/accuracy", "identification/rank1"} <= {*run.metrics}
    assert written["definitions"].keys() == run.metrics.keys()
    assert written["seconds"] == run.seconds and written["cpu_seconds"] >= 0


def test_the_run_is_an_encoder_of_unit_vectors(run: TrainResult):
    encoder = TrainedEncoder(run.folder)
    crops = np.random.default_rng(0).integers(0, 256, (3, 24, 20, 1), dtype=np.uint8)
    vectors = encoder.encode(crops)
    assert vectors.shape == (3, 16) and encoder.template is None
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors, run.encoder.encode(crops))
    assert encoder.fingerprint == run.encoder.fingerprint


@pytest.mark.slow
def test_made_up_people_are_told_apart(tmp_path: Path, people: Path):
    trained = small(people, tmp_path / "run", epochs=6, steps=25, margin=0.5)
    assert trained.metrics["identification/rank1"] >= 0.75
    assert trained.metrics["verification/eer_all_pairs"] <= 0.25


class Stop(Callback):
    """Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def on_train_batch_end(self, trainer: Any, *rest: Any) -> None:
        if trainer.current_epoch == self.epoch and trainer.global_step % 6 == 3:
            raise KeyboardInterrupt


@pytest.mark.slow
def test_a_stopped_run_ends_as_if_it_never_had_been(tmp_path: Path, people: Path):
    settings = {"epochs": 3, "semihard": 0.4, "erase": 0.3}
    small(people, tmp_path / "whole", **settings)
    with pytest.raises(KeyboardInterrupt):
        small(people, tmp_path / "run", callbacks=[Stop(1)], **settings)
    assert not (tmp_path / "run" / WEIGHTS).exists()
    trained = resume(tmp_path / "run")
    for name, values in load_file(tmp_path / "whole" / WEIGHTS).items():
        assert load_file(tmp_path / "run" / WEIGHTS)[name].equal(values), name
    whole, resumed = (tmp_path / name / "metrics.csv" for name in ("whole", "run"))
    assert whole.read_text() == resumed.read_text()
    assert [one.photo for one in trained.refused] == ["p0/broken.png"]


def test_a_run_whose_photos_changed_does_not_go_on(tmp_path: Path):
    folder = write(tmp_path / "people", 4, 2)
    small(folder, tmp_path / "run", epochs=1, steps=1)
    (folder / "p0" / "0.png").unlink()
    images.save(folder / "p0" / "0.png", np.zeros((24, 20, 1), np.uint8))
    with pytest.raises(RunError, match="have changed since"):
        resume(tmp_path / "run")


def test_two_people_are_enough_and_the_run_says_what_that_means(tmp_path: Path):
    trained = small(write(tmp_path / "people", 2, 2), tmp_path / "run", epochs=1, steps=2)
    assert "2 people are too few to keep any apart" in trained.warnings[0]
    assert any("no threshold" in note for note in trained.warnings)
    assert trained.encoder.calibration is None


def test_five_people_leave_nobody_for_the_test_and_the_run_says_so(tmp_path: Path):
    trained = small(write(tmp_path / "people", 5, 3), tmp_path / "run", epochs=1, steps=2)
    assert "too few to keep any for the test" in trained.warnings[0]
    written = json.loads((tmp_path / "run" / "metrics.json").read_bytes())
    assert written["part"] == "validation" and written["notes"] == list(trained.warnings)


def test_one_person_or_one_photo_each_is_refused_and_leaves_no_run(tmp_path: Path):
    for name, sizes in {"one": (1, 5), "single": (4, 1)}.items():
        with pytest.raises(ConfigError, match="people have 2 photos or more"):
            small(write(tmp_path / name, *sizes), tmp_path / f"run-{name}")
        assert not (tmp_path / f"run-{name}" / "run.json").exists()


def test_a_folder_that_holds_a_run_is_not_written_over(run: TrainResult, people: Path):
    with pytest.raises(ConfigError, match="holds a run already"):
        small(people, run.folder)


def test_a_training_that_collapses_says_so(tmp_path: Path, people: Path):
    class Blind(Callback):
        """Pictures without any difference: nothing can be learnt from them."""

        def on_train_batch_start(self, trainer: Any, module: Any, batch: Any, number: int) -> None:
            batch.images.fill_(0.5)

    trained = small(people, tmp_path / "run", callbacks=[Blind()], epochs=1)
    assert any(note.startswith("Training collapsed in epoch 1") for note in trained.warnings)


def test_characters_may_be_trained_with_quarter_turns(tmp_path: Path, people: Path):
    trained = small(people, tmp_path / "run", width=24, quarters=True, flip=0.0, epochs=1)
    assert trained.encoder.height == trained.encoder.width == 24
    facts = json.loads((tmp_path / "run" / "run.json").read_bytes())
    assert facts["triplets"]["rotation_classes"] is True  # by its name of before
    assert trained.holdout.people == 3  # rotations are people in training only


PAIRED = """
import sys
from triptych.faces import train
small = {"crop": "whole", "height": 24, "width": 24, "channels": 1, "size": 8, "people": 4}
train(sys.argv[1], out=sys.argv[2], epochs=1, steps=2, photos=3, device="cpu", devices=2, **small)
"""


@pytest.mark.slow
def test_two_processes_train_one_encoder(tmp_path: Path, people: Path):
    script = tmp_path / "paired.py"
    script.write_text(PAIRED)
    order = [sys.executable, str(script), str(people), str(tmp_path / "run")]
    done = subprocess.run(order, capture_output=True, text=True)
    assert done.returncode == 0 and "Error" not in done.stderr, done.stderr
    assert TrainedEncoder(tmp_path / "run").dim == 8


@pytest.mark.real
@pytest.mark.slow
def test_fine_tuning_begins_at_the_pretrained_encoder(tmp_path: Path, data: Callable[[str], Path]):
    data("faces/mobilefacenet/mobilefacenet128.safetensors")
    folder = tmp_path / "people"
    chance = np.random.default_rng(0)
    for person in range(4):
        (folder / f"p{person}").mkdir(parents=True)
        for photo in range(2):
            pixels = chance.integers(0, 256, (112, 96, 3), dtype=np.uint8)
            images.save(folder / f"p{person}" / f"{photo}.png", pixels)
    settings = {"epochs": 1, "steps": 1, "people": 2, "photos": 2, "crop": "aligned"}
    settings |= {"device": "cpu", "precision": "fp32"}
    trained = train(folder, out=tmp_path / "run", encoder="mobilefacenet", lr=1e-6, **settings)
    from triptych.faces.encoders._pretrained import pretrained_network, pretrained_weights_path

    crops = chance.integers(0, 256, (4, 112, 96, 3), dtype=np.uint8)
    before = pretrained_network(pretrained_weights_path()).encode(crops)
    after = trained.encoder.encode(crops)
    assert np.diagonal(euclidean_distances(before, after)).max() < 0.01
    assert trained.encoder.template is not None
    state = load_file(tmp_path / "run" / WEIGHTS)
    kept = load_file(pretrained_weights_path())
    # statistics of batch normalisation are those it was trained with
    assert torch.equal(state["backbone.conv2.bn.running_mean"], kept["conv2.bn.running_mean"])
