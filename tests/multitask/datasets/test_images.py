"""The user's own pictures as a dataset."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from triptych import multitask
from triptych.frame.errors import ConfigError, DataError, ImageError
from triptych.multitask import open_dataset
from triptych.multitask.data.source import DataNotice
from triptych.multitask.datasets import named_or_path
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle

LabelMe = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def labelme(tmp_path: Path) -> LabelMe:
    """Writes pictures of 60 × 40 with a white square, and what LabelMe says of it."""

    def write(shape: dict | None, count: int = 20, size=(40, 60), stated=(40, 60)) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for number in range(count):
            picture = np.zeros((*size, 3), np.uint8)
            picture[10:20, 20:40] = 255
            cv2.imwrite(str(folder / f"{number}.png"), picture)
            shapes = [{"label": "x", **shape}] if shape else []
            name = {"imagePath": f"{number}.png", "imageData": None}
            sides = {"imageHeight": stated[0], "imageWidth": stated[1]}
            text = json.dumps({"version": "5.5.0", "flags": {}, "shapes": shapes, **name, **sides})
            (folder / f"{number}.json").write_text(text)
        return folder

    return write


SQUARE = {"shape_type": "polygon", "points": [[20, 10], [40, 10], [40, 20], [20, 20]]}


def first(folder: Path, **options):
    dataset = open_dataset("images", str(folder), {"level": "none", **options})
    return dataset, dataset.batch("train", torch.arange(2))


@pytest.mark.parametrize("sides", [(40, 60), (80, 120), (96, 96)], ids=str)
def test_targets_lie_where_the_picture_shows_them(labelme: LabelMe, sides: tuple[int, int]):
    height, width = sides
    _, batch = first(labelme(SQUARE), height=height, width=width)
    assert batch.images.shape == (2, 1, height, width)
    assert set(batch.target_names()) == {"box", "boxes", "circle", "circles", "mask"}
    bright = batch.images[:, 0] > 0.5
    assert (bright ^ batch["mask"]).float().mean() < 0.02
    assert torch.allclose(batch["box"], mask_to_box(bright), atol=1.01)
    assert torch.allclose(batch["circle"], mask_to_circle(bright), atol=1.5)
    assert torch.equal(batch["boxes"][:, 0, :4], batch["box"])
    assert torch.equal(batch["circles"][:, 0, :3], batch["circle"])


def test_a_circle_gives_circle_and_box_and_no_mask(labelme: LabelMe):
    circle = {"shape_type": "circle", "points": [[30, 20], [40, 20]]}
    _, batch = first(labelme(circle), height=80, width=120)
    assert set(batch.target_names()) == {"box", "boxes", "circle", "circles"}
    assert batch["circle"][0].tolist() == pytest.approx([60, 40, 20])
    assert batch["box"][0].tolist() == pytest.approx([40, 20, 80, 60])


def test_a_box_gives_a_box_alone(labelme: LabelMe):
    _, batch = first(labelme({"shape_type": "rectangle", "points": [[20, 10], [40, 20]]}))
    assert batch.target_names() == ("box", "boxes")


def test_where_pictures_show_several_things_every_one_is_looked_for(labelme: LabelMe):
    folder = labelme(SQUARE)
    one = json.loads((folder / "0.json").read_text())
    second = {**one["shapes"][0], "points": [[2, 2], [8, 6]], "shape_type": "rectangle"}
    for number in range(0, 20):
        shapes = [] if number == 3 else [*one["shapes"], second]
        text = json.dumps({**one, "imagePath": f"{number}.png", "shapes": shapes})
        (folder / f"{number}.json").write_text(text)
    dataset = open_dataset("images", str(folder), {"level": "none"})
    assert dataset.usual_heads == ("boxes",)
    assert dataset.info.extra["most_objects"] == 2
    rows = dataset.batch("train", torch.arange(dataset.size("train")))["boxes"]
    assert rows.shape[1:] == (2, 6)
    assert set(rows[..., -2].flatten().tolist()) <= {0.0, -1.0}
    assert (rows[..., -1] == (rows[..., -2] >= 0)).all()


def test_what_a_picture_lacks_is_missing(labelme: LabelMe):
    folder = labelme(SQUARE)
    empty = json.loads((folder / "0.json").read_text())
    for number in range(0, 20, 2):
        text = json.dumps({**empty, "imagePath": f"{number}.png", "shapes": []})
        (folder / f"{number}.json").write_text(text)
    dataset = open_dataset("images", str(folder), {"level": "none"})
    batch = dataset.batch("train", torch.arange(dataset.size("train")))
    assert batch.targets["mask"].present is None  # nothing there is an empty mask
    present = batch.targets["box"].present
    assert present is not None
    assert present.tolist() == batch["mask"].flatten(1).any(1).tolist()
    assert not present.all() and present.any()


def test_pictures_turned_by_exif_keep_their_annotation_in_either_frame(labelme: LabelMe):
    folder = labelme(SQUARE, size=(60, 40), stated=(40, 60))
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[10:20, 20:40] = 255
    for number in range(20):
        exif = Image.Exif()
        exif[0x0112] = 6  # shown turned clockwise
        stored = Image.fromarray(np.ascontiguousarray(np.rot90(upright)))
        stored.save(folder / f"{number}.png", exif=exif)
    _, batch = first(folder)
    assert ((batch.images[:, 0] > 0.5) == batch["mask"]).float().mean() > 0.98


def test_a_picture_of_another_size_is_told_and_counts_for_nothing(labelme: LabelMe):
    folder = labelme(SQUARE, count=40)
    for number in range(0, 40, 4):
        cv2.imwrite(str(folder / f"{number}.png"), np.zeros((50, 50, 3), np.uint8))
    (folder / "1.png").write_bytes(b"\x89PNG and no more")
    dataset = open_dataset("images", str(folder), {"level": "none"})
    with pytest.warns(DataNotice, match="Left out"):
        batch = dataset.batch("train", torch.arange(dataset.size("train")))
    present = batch.targets["box"].present
    assert present is not None
    assert 0 < int((~present).sum()) < len(present) / 2
    strict = open_dataset("images", str(folder), {"level": "none", "strict": True})
    with pytest.raises(ImageError):
        strict.batch("train", torch.arange(strict.size("train")))


@pytest.mark.parametrize("cache", ["memory", "disk", "none"])
def test_wherever_pictures_are_kept_they_are_the_same(few_pictures: Path, cache: str):
    dataset = open_dataset("images", str(few_pictures), {"cache": cache})
    other = open_dataset("images", str(few_pictures))
    rows = torch.tensor([3, 0, 3])
    for _ in range(2):
        batch, same = dataset.batch("train", rows), other.batch("train", rows)
        assert torch.equal(batch.images, same.images)
        assert all(torch.equal(batch[name], same[name]) for name in same.target_names())


def test_files_of_the_disk_cache_are_gone_with_it(few_pictures: Path, tmp_path: Path):
    dataset = open_dataset("images", str(few_pictures), {"cache": "disk"})
    dataset.batch("train", torch.arange(2))
    assert [*tmp_path.rglob("pixels-*")]
    del dataset
    assert not [*tmp_path.rglob("pixels-*")]


def test_a_path_trains_predicts_and_resumes(few_pictures: Path, tmp_path: Path):
    settings = {"epochs": 1, "batch": 8, "precision": "fp32", "device": "cpu"}
    run = tmp_path / "run"
    trained = multitask.train(str(few_pictures), out=run, progress=False, **settings)
    assert {"semantic/miou", "mask/jaccard"} <= set(trained.evaluation.metrics)
    record = json.loads((run / "run.json").read_text())
    assert record["plan"]["dataset"] == "images"
    assert record["plan"]["source"] == str(few_pictures)
    prediction = multitask.load(run).predict(few_pictures / "images" / "0.png")
    assert set(prediction.annotations) == {*trained.model.heads}
    assert multitask.evaluate(run, progress=False).metrics == trained.evaluation.metrics
    again = multitask.resume(run, epochs=2, progress=False)
    assert again.evaluation.images == trained.evaluation.images


def test_names_come_before_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    assert named_or_path("digits") == ("digits", None)
    assert named_or_path("./digits") == ("images", "digits")
    with pytest.raises(ConfigError, match="one place of pictures"):
        named_or_path("./digits", "elsewhere")


def test_the_box_and_the_circle_of_a_mask_file_follow_from_its_foreground(tmp_path: Path):
    for kind in ("images", "masks"):
        (tmp_path / "mine" / kind).mkdir(parents=True)
    for number in range(12):
        mask = np.zeros((40, 60), np.uint8)
        mask[10 : 20 + number % 3, 20:40] = 255
        cv2.imwrite(str(tmp_path / "mine" / "masks" / f"{number}.png"), mask)
        cv2.imwrite(str(tmp_path / "mine" / "images" / f"{number}.png"), mask)
    (tmp_path / "mine" / "masks.yaml").write_text("kind: binary")
    _, batch = first(tmp_path / "mine", height=40, width=60)
    assert {*batch.target_names()} == {"box", "circle", "mask"}
    assert torch.allclose(batch["box"], mask_to_box(batch["mask"]))
    assert torch.allclose(batch["circle"], mask_to_circle(batch["mask"]), atol=1e-3)


def test_nothing_to_learn_is_told(labelme: LabelMe):
    with pytest.raises(DataError, match="Nothing can be learned"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        open_dataset("images", str(labelme(None))).info  # noqa: B018
    with pytest.raises(ConfigError, match="triptych train FOLDER"):
        open_dataset("images")
