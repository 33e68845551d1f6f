"""Several sets of the user's own pictures as one dataset."""

import json
import shlex
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from triptych import multitask
from triptych.cli.multitask.commands import verbs
from triptych.frame.errors import ConfigError, DataError, RunError
from triptych.multitask import open_dataset
from triptych.multitask.annotated.joined_sets import JoinedSets
from triptych.multitask.annotated.opening import open_annotated
from triptych.multitask.datasets import named_or_path, run_name
from triptych.multitask.datasets.images import paths_of

SETTINGS = {"epochs": 1, "batch": 8, "precision": "fp32", "device": "cpu"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path / "cache"))


def labelme(folder: Path, shapes: list[dict], flags: dict | None = None, count: int = 24) -> Path:
    folder.mkdir(parents=True)
    for number in range(count):
        picture = np.zeros((40, 60, 3), np.uint8)
        picture[10:20, 20:40] = 255
        cv2.imwrite(str(folder / f"{number}.png"), picture)
        text = {
            "version": "5.5.0",
            "flags": flags or {},
            "shapes": shapes if number else [],  # of the first, people found nothing in it
            "imagePath": f"{number}.png",
            "imageData": None,
            "imageHeight": 40,
            "imageWidth": 60,
        }
        (folder / f"{number}.json").write_text(json.dumps(text))
    return folder


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Class folders, the classes in another order than the alphabet's would give the union."""
    folder = tmp_path / "my pets"
    for value, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True)
        for number in range(24):
            picture = np.full((40, 60, 3), 60 + 100 * value + number, np.uint8)
            cv2.imwrite(str(folder / name / f"{number}.png"), picture)
    return folder


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    square = [[20, 10], [40, 10], [40, 20], [20, 20]]
    return labelme(
        tmp_path / "cells", [{"label": "cell", "shape_type": "polygon", "points": square}]
    )


def joined(*folders: Path) -> str:
    return shlex.join(map(str, folders))


def test_what_a_set_does_not_say_is_missing(pets: Path, cells: Path, tmp_path: Path):
    boxes = labelme(
        tmp_path / "boxes",
        [{"label": "cat", "shape_type": "rectangle", "points": [[20, 10], [40, 20]]}],
    )
    dataset = open_dataset("images", joined(pets, cells, boxes), {"level": "none"})
    assert dataset.info.classes == ("cat", "dog", "cell")
    possible = dataset.possible  # pyright: ignore[reportAttributeAccessIssue]
    where = {name: [int(has[at].sum()) for at in PARTS] for name, has in possible.items()}
    assert where["label"] == [48, 0, 0]
    assert where["mask"] == [0, 24, 0]  # not the empty picture of the set of boxes
    assert where["box"] == [0, 23, 23]
    batch = dataset.batch("train", torch.arange(dataset.size("train")))
    label, mask, box = (batch.targets[name].present for name in ("label", "mask", "box"))
    assert label is not None and mask is not None and box is not None
    assert label.any() and mask.any() and not (label & (mask | box)).any()
    bright = batch.images[:, 0] > 0.5
    drawn = mask & box
    agree = (bright[drawn] == batch["mask"][drawn].squeeze()).float().mean()
    assert agree > 0.98


PARTS = (slice(0, 48), slice(48, 72), slice(72, 96))


def test_names_are_united_and_pictures_keep_theirs(pets: Path, tmp_path: Path):
    other = tmp_path / "other"
    for name in ("bird", "dog"):
        shutil.copytree(pets / "dog", other / name)
    sets = [open_annotated(path) for path in (pets, other)]
    both = JoinedSets(sets)
    assert both.classes == ("cat", "dog", "bird")
    assert len(both) == 96
    for index in (0, 47, 48, 95):
        image = both.image(index)
        assert both.classes[both.labels[index]] == image.label == image.file.parent.name
        assert both.root.count(str(image.file.parents[1]))
    assert both.digest != JoinedSets(sets[::-1]).digest


def test_values_of_attributes_are_united(tmp_path: Path):
    square = {"label": "x", "shape_type": "rectangle", "points": [[20, 10], [40, 20]]}
    sets = []
    for name, attributes in (("a", ("red", "blue")), ("b", ("green", "red")), ("c", ())):
        folder = labelme(tmp_path / name, [square], count=4)
        if attributes:
            table = ["file,label,color"]
            table += [f"{number}.png,x,{attributes[number % 2]}" for number in range(4)]
            folder = tmp_path / name / "table.csv"
            folder.write_text("\n".join(table))
            folder.with_suffix(".yaml").write_text(
                "file: file\nlabel: label\nattributes: [color]\n"
            )
        sets.append(open_annotated(folder))
    both = JoinedSets(sets)
    values = both.attributes["color"]
    assert sorted(values) == ["blue", "green", "red"]
    numbers = both.attribute("color").tolist()
    told = [values[number] if number >= 0 else None for number in numbers]
    assert told == ["red", "blue"] * 2 + ["green", "red"] * 2 + [None] * 4


def test_the_splits_of_a_set_do_not_depend_on_another(pets: Path, cells: Path, tmp_path: Path):
    stated = tmp_path / "stated"
    for split in ("train", "val"):
        shutil.copytree(pets, stated / split)
    alone = open_dataset("images", str(cells))
    both = open_dataset("images", joined(stated, cells))
    for split in ("train", "validation", "test"):
        rows = both.rows[split]  # pyright: ignore[reportAttributeAccessIssue]
        own = alone.rows[split]  # pyright: ignore[reportAttributeAccessIssue]
        assert (rows[rows >= 96] - 96).tolist() == own.tolist()


def test_a_small_set_has_its_heads_beside_a_large_one(pets: Path, tmp_path: Path):
    small = labelme(
        tmp_path / "small",
        [{"label": "x", "shape_type": "rectangle", "points": [[20, 10], [40, 20]]}],
        count=3,
    )
    dataset = open_dataset("images", joined(pets, small))
    assert {"label", "box"} <= {*dataset.info.targets}


def test_two_sets_train_evaluate_resume_and_a_moved_one_is_told(
    pets: Path, cells: Path, tmp_path: Path
):
    run = tmp_path / "run"
    trained = multitask.train([pets, cells], out=run, progress=False, **SETTINGS)
    heads = {name.split("/")[0] for name in trained.evaluation.metrics}
    assert {"label", "box", "mask"} <= heads
    source = json.loads((run / "run.json").read_text())["plan"]["source"]
    assert source == joined(pets, cells)
    assert multitask.evaluate(run, progress=False).metrics == trained.evaluation.metrics
    multitask.resume(run, epochs=2, progress=False)
    moved = cells.rename(tmp_path / "elsewhere")
    with pytest.raises(RunError, match=r"trained on \S*/cells, which is not there.*FOLDER FOLDER"):
        multitask.evaluate(run, progress=False)
    multitask.evaluate(run, source=joined(pets, moved), progress=False)


def test_the_command_line_takes_several(
    pets: Path, cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    words = ["train", "my pets/", "cells/", "--epochs", "1", "--set", "size=64", "--device", "cpu"]
    done = CliRunner().invoke(verbs, words)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "runs" / "my pets+cells" / "run.json").exists()
    wrong = CliRunner().invoke(verbs, ["train", "my pets/", "cels/"])
    assert wrong.exit_code != 0
    assert "cels" in f"{wrong.output}{wrong.exception}"


@pytest.mark.parametrize("others", [["cels"], ["digits"], ["cells", "cells"]], ids=str)
def test_what_cannot_be_joined_is_told(others: list[str], cells: Path, pets: Path):
    paths = [str(pets), *(str(cells.parent / name) for name in others)]
    with pytest.raises(ConfigError):
        named_or_path(paths)


def test_a_source_beside_several_paths_is_told(cells: Path, pets: Path):
    with pytest.raises(ConfigError, match="source drawn"):
        named_or_path([pets, cells], "drawn")


def test_a_path_with_blanks_stays_one(pets: Path, cells: Path):
    assert paths_of(str(pets)) == [str(pets)]
    assert paths_of("/gone/my pets") == ["/gone/my pets"]
    assert paths_of("it's gone") == ["it's gone"]
    assert paths_of(joined(pets, cells)) == [str(pets), str(cells)]
    assert named_or_path([str(pets)]) == ("images", str(pets))
    assert run_name([pets, cells]) == "my pets+cells"
    with pytest.raises(DataError, match="/gone/my pets"):
        open_dataset("images", "/gone/my pets")
