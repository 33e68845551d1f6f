"""Predictions written for annotation tools: whole or not at all, the least sure first."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from tests.multitask.formats._compare import read

from triptych.frame.errors import ConfigError, ImageError, UnknownNameError, WriteError
from triptych.multitask.active_learning.export import Export, export_predictions
from triptych.multitask.formats import recognize
from triptych.multitask.inference.network import Network
from triptych.multitask.inference.prediction import Prediction
from triptych.multitask.inference.predictor import Predictor
from triptych.multitask.structures.annotations import Annotation, BoundingBox, ClassLabel
from triptych.multitask.structures.info import DatasetInfo


class Model:
    info = DatasetInfo("images", 3, 32, 32, ("label", "box"), classes=("cat", "dog"))
    head_names: tuple[str, ...] = ("label", "box")

    def __init__(self, head_names: tuple[str, ...]):
        self.head_names = head_names


class Stated(Predictor):
    """Stands in for a predictor: the uncertainty of a picture is its first pixel, a hundredth."""

    def __init__(self, *heads: str, doubtful: bool = True):
        self.network, self.doubtful = cast(Network, Model(heads or Model.head_names)), doubtful
        self.asked: list[str] = []

    def predict_batches(self, images: Any, *, names: Any = None, skip: Any = None):
        for path in images:
            self.asked.append(path.name)
            try:
                pixels = np.array(Image.open(path).convert("RGB"))
            except OSError:
                skip(str(path), ImageError(f"{path} is none."))
                continue
            value = int(pixels[0, 0, 0])
            answers: dict[str, Annotation] = {
                "label": ClassLabel("dog", 0.75, (("cat", 0.25),)),
                "box": BoundingBox(1, 2, value / 10 + 3, 9),
            }
            kept = {name: answers[name] for name in self.network.head_names}
            doubt = value / 100 if self.doubtful else None
            yield Prediction(
                str(path), pixels, (kept,), False, uncertainty=doubt, novelty=value / 50
            )


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Four pictures, of which the third is the least sure, in two folders."""
    paths = []
    for name, value in (("a b.png", 20), ("x/ü.png", 10), ("y/ü.png", 90), ("z.png", 40)):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), (value, 0, 0)).save(path)
        paths.append(path)
    return paths


def export(files: Sequence[Path], to: str, out: Path, *heads: str, **more: Any) -> Export:
    predictor = more.pop("predictor", None) or Stated(*heads)
    return export_predictions(predictor, files, to, out, **more)


@pytest.mark.parametrize("to", ["coco", "cvat", "labelme", "yolo"])
@pytest.mark.parametrize("uncertain", [True, False])
def test_what_is_written_is_read_in_order(
    tmp_path: Path, files: list[Path], to: str, uncertain: bool
):
    done = export(files, to, tmp_path / "out", uncertain=uncertain)
    expected = [files[index] for index in ((2, 3, 0, 1) if uncertain else range(4))]
    assert [one.picture for one in done.pictures] == list(map(str, expected))
    table = (tmp_path / "out" / "uncertainty.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in table[1:]] == list(map(str, expected))
    assert recognize(tmp_path / "out") == to
    images, problems, vocabulary = read(to, tmp_path / "out")
    assert not problems.examples
    assert "dog" in vocabulary.classes
    if to in ("coco", "cvat"):  # the others have no order but that of the names
        same = [image.file.read_bytes() for image in images]
        assert same == [path.read_bytes() for path in expected]
    for image in images:
        value = int(np.array(Image.open(image.file))[0, 0, 0])
        assert image.objects is not None
        (thing,) = image.objects
        shape = thing.shape
        assert isinstance(shape, BoundingBox) and thing.label == "dog"
        assert list(vars(shape).values()) == pytest.approx([1, 2, value / 10 + 3, 9], abs=1e-6)
        assert thing.score == (None if to == "yolo" else 0.75)


def test_label_studio_gets_predictions_that_count_once_people_accept_them(
    tmp_path: Path, files: list[Path]
):
    out = tmp_path / "out"
    export(files, "label-studio", out, uncertain=True, model="cells-3")
    tasks = json.loads((out / "tasks.json").read_text())
    assert [task["predictions"][0]["score"] for task in tasks] == pytest.approx(
        [0.1, 0.6, 0.8, 0.9]
    )
    assert {task["predictions"][0]["model_version"] for task in tasks} == {"cells-3"}
    assert tasks[0]["data"]["image"].startswith("/data/local-files/?d=out/images/")
    images, problems, _ = read("label-studio", out)
    assert all(image.objects is None for image in images) and len(images) == 4
    assert {problem.outcome for problem in problems.examples} == {"noticed"}
    # the export of what a person corrected is put beside
    task = tasks[1]
    (region,) = task["predictions"][0]["result"]
    region["value"]["rectanglelabels"] = ["cat"]
    task["annotations"] = [{"result": [region], "was_cancelled": False}]
    (out / "project-1.json").write_text(json.dumps([task]))
    images, problems, _ = read("label-studio", out, strict=True)
    labels = [thing.label for image in images for thing in image.objects or ()]
    assert labels == ["cat"] and len(images) == 4


def test_a_limit_is_kept_and_without_order_no_more_is_predicted(tmp_path: Path, files: list[Path]):
    done = export(files, "coco", tmp_path / "sure", uncertain=True, limit=2)
    assert [Path(one.picture) for one in done.pictures] == [files[2], files[3]]
    predictor = Stated()
    export(files, "coco", tmp_path / "first", limit=2, predictor=predictor)
    assert predictor.asked == ["a b.png", "ü.png"]
    images, _, _ = read("coco", tmp_path / "first")
    assert len(images) == 2


def test_without_uncertainty_the_most_novel_come_first(tmp_path: Path, files: list[Path]):
    predictor = Stated("box", doubtful=False)
    done = export(files, "coco", tmp_path / "out", uncertain=True, predictor=predictor)
    assert [Path(one.picture) for one in done.pictures] == [files[n] for n in (2, 3, 0, 1)]
    assert {one.uncertainty for one in done.pictures} == {None}


def test_pictures_are_written_once_and_bad_ones_are_skipped(tmp_path: Path, files: list[Path]):
    bad = tmp_path / "in" / "bad.png"
    bad.write_bytes(b"no picture")
    skipped: list[str] = []
    heard: list[str] = []
    done = export(
        [files[0], bad, files[0]],
        "labelme",
        tmp_path / "out",
        skip=lambda name, _: skipped.append(name),
        listener=lambda one: heard.append(one.name),
    )
    assert [one.picture for one in done.pictures] == heard == [str(files[0])]
    assert skipped == [str(bad)]
    with pytest.raises(ImageError, match="nothing is written"):
        export([bad], "cvat", tmp_path / "none", skip=lambda *_: None)
    assert not (tmp_path / "none").exists()


def test_classes_of_whole_pictures_go_where_they_can_be_held(tmp_path: Path, files: list[Path]):
    export(files, "cvat", tmp_path / "out", "label")
    images, _, _ = read("cvat", tmp_path / "out")
    assert [image.label for image in images] == ["dog"] * 4
    for to in ("coco", "yolo"):
        with pytest.raises(ConfigError, match="Write cvat, labelme or label-studio"):
            export(files, to, tmp_path / to, "label")
        assert not (tmp_path / to).exists()


@pytest.mark.parametrize(
    ("to", "out", "error", "words"),
    [
        ("coko", "out", UnknownNameError, "coco"),
        ("voc", "out", ConfigError, "only read"),
        ("cvat", "out.xml", ConfigError, "Expected a folder"),
        ("coco", "in", WriteError, "holds something"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_predicted(
    tmp_path: Path, files: list[Path], to: str, out: str, error: type[Exception], words: str
):
    predictor = Stated()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(error, match=re.escape(words)):
        export(files, to, tmp_path / out, predictor=predictor)
    assert predictor.asked == [] and sorted(tmp_path.rglob("*")) == before


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path, files: list[Path]):
    def stop(prediction: Prediction) -> None:
        if prediction.name == str(files[2]):
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        export(files, "label-studio", tmp_path / "out", listener=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
