"""`triptych predict`: every image that can be read is answered, the others are named."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.storage import images

from ..typed import Run, slip


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


def test_what_is_left_out_is_named_and_counted(run: Run, trained_run: Path, pictures: Path):
    images.save(pictures / "y.png", np.zeros((30, 30, 3), np.uint8))
    (pictures / "notes.txt").write_text("two folders")
    done = run("predict", trained_run, pictures, "--json")
    told = json.loads(done.out)
    assert [Path(each["photo"]).name for each in told["left_out"]] == ["a", "b", "notes.txt"]
    assert told["counts"] == {"read": 1, "skipped": 0, "left_out": 3}
    assert done.err.count("--recursive reads") == 2 and "notes.txt" in done.err
    deep = json.loads(run("predict", trained_run, pictures, "--json", "--recursive").out)
    assert deep["counts"] == {"read": 3, "skipped": 1, "left_out": 1}


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


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("predict none picture.png", "Expected a finished run"),
        ("predict RUN", "Missing argument"),
        ("predict RUN . --invert maybe", "way to invert"),
        ("predict RUN .", "Expected pictures in ., found none"),
    ],
)
def test_a_slip_is_told_in_one_line_and_leaves_nothing(
    refused: Callable[[str, str], None], command: str, words: str
):
    refused(command, words)
