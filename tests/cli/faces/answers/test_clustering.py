"""What `faces cluster` prints, writes and refuses."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces.answers.clustering import cluster, folder_name
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.grouping.result import FaceCluster
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, FaceError
from triptych.frame.storage import images

from ..mean_color import MeanColor

RULE = {"threshold": 0.2}
WORDS = {"gallery": None, "out": None, "copy": False, "recursive": True, "json": False}


@pytest.fixture
def pipeline() -> FacePipeline:
    return FacePipeline(MeanColor())


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three red photos, two of one name, two green ones, a grey one, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    for name, color in {
        "a/1.png": (220, 20, 20),
        "b/1.png": (221, 21, 20),
        "b/2.png": (222, 20, 21),
        "b/3.png": (20, 220, 20),
        "b/4.png": (20, 221, 20),
        "b/5.png": (90, 91, 90),
    }.items():
        Path("in", name).parent.mkdir(parents=True, exist_ok=True)
        images.save(Path("in", name), np.full((8, 8, 3), color, np.uint8))
    Path("in/b/bad.png").write_bytes(b"none")


def test_people_are_listed_by_how_often_they_appear(
    pipeline: FacePipeline, capsys: pytest.CaptureFixture[str]
):
    cluster([Path("in")], pipeline, RULE, **WORDS)
    said = capsys.readouterr()
    first, *rows = said.out.splitlines()
    assert first == "6 faces in 6 photos: 2 people seen twice or more, 1 alone"
    assert rows[0].split()[:6] == ["1", "–", "3", "faces", "3", "photos"] and len(rows) == 2
    assert "refused: " in said.err and "bad.png" in said.err
    cluster([Path("in")], pipeline, RULE, **{**WORDS, "json": True})
    told = json.loads(capsys.readouterr().out)
    assert [len(each["faces"]) for each in told["clusters"]] == [3, 2]
    assert len(told["refused"]) == 1 and len(told["alone"]) == 1


def test_sheet_table_and_copies_are_written_and_photos_stay(pipeline: FacePipeline):
    with Gallery.open("g.db", encoder=pipeline.encoder, create=True) as gallery:
        Path("team/Ada: x").mkdir(parents=True)
        images.save(Path("team/Ada: x/1.png"), np.full((8, 8, 3), (220, 22, 20), np.uint8))
        enroll("team", gallery, pipeline=pipeline)
    before = {path: path.read_bytes() for path in Path("in").rglob("*.png")}
    words = {**WORDS, "gallery": "g.db", "out": Path("out"), "copy": True}
    cluster([Path("in")], pipeline, RULE, **words)
    made = sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*"))
    copies = ["001 Ada x/1-2.png", "001 Ada x/1.png", "001 Ada x/2.png"]
    assert [name for name in made if name.startswith("001")] == ["001 Ada x", *copies]
    assert {"clusters.png", "clusters.csv", "alone/5.png", "002/3.png", "002/4.png"} <= {*made}
    assert before == {path: path.read_bytes() for path in Path("in").rglob("*.png")}
    with Path("out/clusters.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["cluster"] for row in rows] == ["1", "1", "1", "2", "2", ""]
    assert {row["name"] for row in rows[:3]} == {"Ada: x"} and len(images.read("out/clusters.png"))
    with pytest.raises(ConfigError, match="001 Ada x is there already"):
        cluster([Path("in")], pipeline, RULE, **words)
    cluster([Path("in")], pipeline, RULE, **{**words, "copy": False})  # a sheet may be made anew


def test_copies_need_a_place_and_photos_need_a_face(pipeline: FacePipeline):
    with pytest.raises(ConfigError, match="--out"):
        cluster([Path("in")], pipeline, RULE, **{**WORDS, "copy": True})
    with pytest.raises(FaceError, match="None of 1 photos"):
        cluster([Path("in/b/bad.png")], pipeline, RULE, **WORDS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(None, "012"), ("..", "012"), ("Zoë/🙂\n", "012 Zoë 🙂"), ("x" * 200, "")],
)
def test_a_folders_name_is_one_on_every_system(name: str | None, expected: str):
    made = folder_name(FaceCluster(12, (), name))
    assert made == expected or (not expected and len(made) == 80)
