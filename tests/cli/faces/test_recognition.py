"""What commands of faces print, write and raise, with an encoder that sees mean colors."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces import recognition
from triptych.cli.faces.answers import identities
from triptych.cli.faces.enrollment import enroll
from triptych.cli.faces.identity_sources import load_people
from triptych.faces.detection.face import Face
from triptych.faces.embeddings import Embeddings
from triptych.faces.encoders import ENCODERS
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.faces.recognition.verify import ComparedFace, VerificationResult
from triptych.frame.errors import ConfigError, FaceError, UnknownNameError
from triptych.frame.storage import images
from triptych.frame.storage.image_folder import SkippedImage

from ...faces.calibration.test_calibration import SOME
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


def test_another_choice_of_faces_is_refused_before_an_encoder_is_loaded():
    assert "mobilefacenet" in ENCODERS
    with pytest.raises(UnknownNameError, match="largest"):
        recognition.build_pipeline("mobilefacenet", None, "cpu", "larges", False)


def test_encodings_are_printed_or_written(pipeline: FacePipeline, capsys: Capture):
    recognition.encode([Path("team/Bob"), Path("team/Ada/bad.png")], None, pipeline)
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["encoder"] == "colors-1"
    assert [Path(row["photo"]).name for row in told["encodings"]] == ["0.png", "1.png"]
    assert np.linalg.norm(told["encodings"][0]["encoding"]) == pytest.approx(1, abs=1e-5)
    assert [Path(row["photo"]).name for row in told["refused"]] == ["bad.png"]
    assert [row["photo"] for row in told["left_out"]] == ["notes.txt"]
    assert "refused: " in said.err and "left out: " in said.err
    recognition.encode([Path("team/Bob")], Path("out.npz"), pipeline)
    assert len(Embeddings.load("out.npz")) == 2


def test_nothing_to_encode_is_an_error(pipeline: FacePipeline):
    with pytest.raises(FaceError, match="None of 1 photos"):
        recognition.encode([Path("team/Ada/bad.png")], None, pipeline)


def test_people_are_named_and_drawn(pipeline: FacePipeline, capsys: Capture):
    enroll(load_people([Path("team")]), "people.db", pipeline, json=False)
    capsys.readouterr()
    images.save("red.png", np.full((60, 60, 3), (222, 21, 20), np.uint8))
    options = {"threshold": 0.5}
    files = [Path("red.png")]
    args = (files, "people.db", pipeline, options)
    recognition.identify(*args, draw=Path("drawn"), json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["gallery"] == "people.db" and told["left_out"] == []
    assert told["identities"][0]["person"] == "Ada" and told["identities"][0]["box"] is None
    assert (images.read("drawn/red.png") != images.read("red.png")[0, 0]).any()  # the name
    recognition.identify(*args, draw=None, json=False)
    assert capsys.readouterr().out.startswith("red.png\n  1  Ada  0.0")


def test_no_face_at_all_is_an_error(pipeline: FacePipeline):
    enroll(load_people([Path("team")]), "people.db", pipeline, json=False)
    bad = [Path("team/Ada/bad.png")]
    with pytest.raises(FaceError, match="None of 1 photos has a face"):
        recognition.identify(bad, "people.db", pipeline, {"threshold": 1.0}, draw=None, json=True)


def test_lines_say_what_is_known():
    far = VerificationResult(False, 1.3, 1.1, None, None)
    assert identities.format_verification(far) == (
        "different people: distance 1.300, threshold 1.100"
    )
    box = Face(5, 6, 45, 56, np.zeros((5, 2), np.float32), 0.9)
    pair = ComparedFace(2, 3, box), ComparedFace(1, 1, None)
    near = VerificationResult(True, 0.8, 1.1, None, None, pair)
    assert identities.format_verification(near).endswith(
        "; nearest: face 2 of 3 at 5,6 40×50 · face 1 of 1"
    )


def test_of_many_refused_photos_ten_are_named(capsys: Capture):
    refused = [SkippedImage(f"{number}.jpg", "no face") for number in range(13)]
    recognition.print_skipped(refused)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11 and lines[0] == "refused: 0.jpg: no face"
    assert lines[-1] == "… and 3 more (--json names them all)."
    recognition.print_skipped([SkippedImage("a.jpg", "a.jpg is damaged.")])
    assert capsys.readouterr().err == "refused: a.jpg is damaged.\n"


def test_what_the_folder_holds_no_more_is_named(pipeline: FacePipeline, capsys: Capture):
    enroll(load_people([Path("team")]), "people.db", pipeline, json=False)
    Path("team/Ada/0.png").unlink()
    images.save("team/Bob/0.png", np.full((8, 8, 3), (90, 20, 20), np.uint8))
    enroll(load_people([Path("team")]), "people.db", pipeline, json=False)
    said = capsys.readouterr()
    assert "in the gallery still: Ada/0.png is not in the folder any more." in said.err
    assert "--prune" in said.err and ", 1 replaced, 1 refused" in said.out
    enroll(load_people([Path("team")]), "people.db", pipeline, {"prune": True}, json=False)
    said = capsys.readouterr()
    assert "removed: Ada/0.png" in said.err and ", 1 removed, 1 refused" in said.out


def test_one_person_under_two_names_is_named(pipeline: FacePipeline, capsys: Capture):
    images.save("team/Bob/red.png", np.full((8, 8, 3), (224, 20, 20), np.uint8))
    pipeline.encoder.calibration = replace(SOME, encoder="colors-1", threshold=0.05)
    enroll(load_people([Path("team")]), "people.db", pipeline, json=True)
    said = capsys.readouterr()
    (alike,) = json.loads(said.out)["alike"]
    assert {alike["person"], alike["other"]} == {"Ada", "Bob"}
    assert "one person? " in said.err and "(Bob/red.png)" in said.err


def test_a_wrong_word_for_shared_photos_makes_no_gallery(pipeline: FacePipeline):
    with pytest.raises(ConfigError, match="refuse, keep or move"):
        enroll(load_people([Path("team")]), "people.db", pipeline, {"shared": "both"}, json=False)
    assert not Path("people.db").exists()


def test_without_an_encoder_the_gallerys_own_is_meant(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recognition, "gallery_encoder_name", {"a.db": "dlib", "b.db": None}.get)
    assert recognition.resolve_encoder("auto", "a.db") == "dlib"
    assert recognition.resolve_encoder("auto", "b.db") == "auto"
    assert recognition.resolve_encoder("auto", None) == "auto"
    assert recognition.resolve_encoder("mobilefacenet", "a.db") == "mobilefacenet"


def test_all_faces_are_refused_where_one_makes_sense():
    with pytest.raises(ConfigError, match="for enrolment, got all"):
        recognition.build_pipeline("auto", None, "cpu", "all", False, one_face_for="enrolment")
