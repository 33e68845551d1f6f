"""`triptych predict --to`: answers as pre-annotations, and what is refused."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.multitask.formats._compare import read

from triptych.frame.storage import images

from ..typed import Run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three pictures of bars and a broken one, in a folder with a blank in its name."""
    folder = tmp_path / "my pictures"
    folder.mkdir()
    for number in range(3):
        pixels = np.zeros((40, 60, 3), np.uint8)
        pixels[5 : 30 - 8 * number, 20 : 26 + 3 * number] = 255
        images.save(folder / f"{number} é.png", pixels)
    (folder / "bad.png").write_bytes(b"\x89PNG no picture")
    return folder


def test_answers_are_written_for_a_tool_the_least_sure_first(
    run: Run, trained_run: Path, pictures: Path, tmp_path: Path
):
    command = ("predict", trained_run, pictures, "--to", "cvat", "--out", "out", "--uncertain")
    done = run(*command, "--json", "--draw", "drawn")
    told = json.loads(done.out)
    assert done.status == 0
    assert "bad.png" in done.err and "Written: out (3 pictures as cvat" in done.err
    assert told["skipped"] == [str(pictures / "bad.png")]
    doubts = {one["image"]: one["uncertainty"] for one in told["predictions"]}
    assert all(0 <= doubt <= 1 for doubt in doubts.values())
    order = told["written"]["pictures"]
    assert [doubts[name] for name in order] == sorted(doubts.values(), reverse=True)
    with (tmp_path / "out" / "uncertainty.csv").open(encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    assert [row["picture"] for row in rows] == order
    assert [float(row["uncertainty"]) for row in rows] == [doubts[name] for name in order]
    read_back, problems, _ = read("cvat", tmp_path / "out")
    assert not problems.examples
    assert [image.file.name for image in read_back] == [Path(name).name for name in order]
    assert len(list((tmp_path / "drawn").iterdir())) == 3


def test_a_limit_leaves_the_surest_out(run: Run, trained_run: Path, pictures: Path, tmp_path: Path):
    command = ("predict", trained_run, pictures, "--to", "labelme", "--out", "out")
    assert run(*command, "--limit", "1", "--shape", "circle").status == 0
    (image,), _, _ = read("labelme", tmp_path / "out")
    assert image.file.name == "0 é.png"
    assert {type(thing.shape).__name__ for thing in image.objects or ()} <= {"Circle"}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("predict RUN FEW --to coco", "--out"),
        ("predict RUN FEW --uncertain", "--to"),
        ("predict RUN FEW --limit 3", "--to"),
        ("predict RUN FEW --shape box", "--to"),
        ("predict RUN FEW --out out", "--to"),
        ("predict RUN FEW --to koko --out out", "coco"),
        ("predict RUN FEW --to voc --out out", "only read"),
        ("predict RUN FEW --to coco --out out --limit 0", "limit"),
    ],
)
def test_a_slip_is_told_in_one_line_and_leaves_nothing(
    refused: Callable[[str, str], None], command: str, words: str
):
    refused(command, words)


def test_a_folder_among_the_pictures_is_refused(run: Run, trained_run: Path, pictures: Path):
    out = pictures / "out"
    done = run("predict", trained_run, pictures, "--to", "coco", "--out", out)
    assert done.status == 2 and "lies within" in done.err and not out.exists()


def test_where_nothing_can_be_read_nothing_is_written(
    run: Run, trained_run: Path, pictures: Path, tmp_path: Path
):
    bad = pictures / "bad.png"
    done = run("predict", trained_run, bad, "--to", "coco", "--out", "out")
    assert done.status == 2 and not (tmp_path / "out").exists()
    good = pictures / "0 é.png"
    done = run("predict", trained_run, bad, good, "--to", "coco", "--out", "out")
    assert done.status == 2 and "1 of 2 pictures" in done.err
    assert (tmp_path / "out" / "images" / "0 é.png").exists()
