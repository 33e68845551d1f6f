"""Enrolling: what is printed of folders, of photos by name, and of parts of a set."""

import json
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces.enrollment import enroll
from triptych.cli.faces.identity_sources import load_people
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, FaceError
from triptych.frame.storage import images

from .mean_color import MeanColor

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def pipeline() -> FacePipeline:
    return FacePipeline(MeanColor())


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """team/Ada red and team/Bob green, a broken photo, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    for person, color in {"Ada": (220, 20, 20), "Bob": (20, 220, 20)}.items():
        Path("team", person).mkdir(parents=True)
        for number in range(2):
            noise = np.full((8, 8, 3), color, np.uint8) + np.uint8(number)
            images.save(Path("team", person, f"{number}.png"), noise)
    Path("team/Ada/bad.png").write_bytes(b"no picture")
    Path("team/Bob/notes.txt").write_text("x")


def test_enrolling_tells_what_became_of_each_file(pipeline: FacePipeline, capsys: Capture):
    enroll(load_people([Path("team")]), "people.db", pipeline, json=True)
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["people"], told["added"], told["known"]) == (2, 4, 0)
    assert [row["photo"] for row in told["refused"]] == ["Ada/bad.png"]
    assert [row["photo"] for row in told["left_out"]] == ["Bob/notes.txt"]
    assert "left out: " in said.err
    enroll(load_people([Path("team")]), "people.db", pipeline, json=False)
    words = "2 people: 0 photos added, 4 known before, 0 moved, 1 refused, 1 files left out.\n"
    assert capsys.readouterr().out == words


def test_a_folder_of_which_nothing_can_be_enrolled_is_an_error(pipeline: FacePipeline):
    for path in Path("team").rglob("?.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(FaceError, match="None of 5 photos could be enrolled"):
        enroll(load_people([Path("team")]), "people.db", pipeline, json=False)


def test_one_person_is_enrolled_by_name_from_files_and_folders(
    pipeline: FacePipeline, capsys: Capture
):
    def enroll_ann(*paths: str) -> dict:
        people = load_people([Path(path) for path in paths], name="Ann")
        enroll(people, "people.db", pipeline, json=True)
        return json.loads(capsys.readouterr().out)

    told = enroll_ann("team/Ada/0.png", "team/Bob")
    assert (told["people"], told["added"], told["gone"]) == (1, 3, [])
    # others of hers are no reason to say that these are gone, and nothing is done twice
    told = enroll_ann("team/Ada/1.png", "team/Ada/0.png")
    assert (told["added"], told["known"], told["gone"]) == (1, 1, [])
    # a photo replaced under its path replaces its vector
    images.save("team/Ada/1.png", np.full((8, 8, 3), (9, 9, 200), np.uint8))
    told = enroll_ann("team/Ada/1.png")
    assert (told["added"], told["replaced"]) == (0, 1)
    with Gallery.open("people.db") as gallery:
        assert [(each.name, each.photos) for each in gallery.people()] == [("Ann", 4)]
    with pytest.raises(ConfigError, match="--prune goes by"):
        enroll(
            load_people([Path("team/Bob")], name="Ann"),
            "x.db",
            pipeline,
            {"prune": True},
            json=True,
        )
    assert not Path("x.db").exists()


def test_several_folders_are_enrolled_and_each_is_a_source_of_its_own(
    pipeline: FacePipeline, capsys: Capture
):
    Path("more").mkdir()
    Path("team/Bob").rename("more/Ada")
    Path("more/Ada/notes.txt").unlink()
    images.save("more/Ada/0.png", np.full((8, 8, 3), (180, 20, 20), np.uint8))
    folders = load_people([Path("team"), Path("more")])
    enroll(folders, "people.db", pipeline, json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["people"], told["added"], told["replaced"]) == (1, 4, 0)
    assert told["notes"] == [] and [row["photo"] for row in told["refused"]] == ["Ada/bad.png"]
    enroll(folders[1:], "people.db", pipeline, json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["known"], told["gone"]) == (2, [])


def test_parts_of_a_set_are_not_taken_for_two_people(pipeline: FacePipeline, capsys: Capture):
    for part, person in (("train", "Ada"), ("val", "Bob")):
        Path("set", part).mkdir(parents=True)
        Path("team", person).rename(Path("set", part, "Ann"))
    enroll(load_people([Path("set")]), "people.db", pipeline, json=True)
    said = capsys.readouterr()
    assert json.loads(said.out)["people"] == 1 and "are parts of one set" in said.err
    assert "are parts of one set" in json.loads(said.out)["notes"][0]
    with Gallery.open("people.db") as gallery:
        assert [(each.name, each.photos) for each in gallery.people()] == [("Ann", 4)]


def test_a_folder_of_deepface_is_enrolled_and_its_pickle_left_alone(
    pipeline: FacePipeline, capsys: Capture
):
    Path("team/ds_model_facenet_detector_opencv_aligned.pkl").write_bytes(b"\x80\x04]q.")
    enroll(load_people([Path("team")]), "people.db", pipeline, json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["people"], told["added"]) == (2, 4)
    assert told["left_out"][-1]["photo"].endswith(".pkl")
