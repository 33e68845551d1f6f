"""Calibrating and evaluating: what is printed and where it is kept."""

import json
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces import evaluation
from triptych.cli.faces.identity_sources import load_people
from triptych.faces.calibration.calibration import Calibration
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import TriptychError
from triptych.frame.storage import images

from .mean_color import MeanColor

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def pipeline() -> FacePipeline:
    return FacePipeline(MeanColor())


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six people of a color each with four photos, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(0)
    for person in range(6):
        Path("team", f"p{person}").mkdir(parents=True)
        color = chance.integers(40, 215, 3)
        for number in range(4):
            noise = color + chance.integers(-12, 13, 3) + np.zeros((8, 8, 3))
            images.save(Path(f"team/p{person}/{number}.png"), noise.astype(np.uint8))
    Path("team/p0/notes.txt").write_text("x")


def calibrate(pipeline: FacePipeline, **changes: object) -> None:
    options = {"far": 0.1, "seed": 0, "out": None, "gallery": None, "json": False}
    evaluation.calibrate(load_people([Path("team")])[0], pipeline, **{**options, **changes})  # type: ignore[arg-type]


def test_a_threshold_is_printed_with_how_sure_it_is(pipeline: FacePipeline, capsys: Capture):
    calibrate(pipeline)
    said = capsys.readouterr()
    assert said.out.startswith("threshold ") and "from 6 people, 24 photos: 36 pairs of" in said.out
    assert "Keep it with --out FILE" in said.err and "left out: " in said.err


def test_a_threshold_is_kept_where_it_is_wanted(pipeline: FacePipeline, capsys: Capture):
    with Gallery.open("people.db", encoder="colors-1", size=3, create=True):
        pass
    calibrate(pipeline, out=Path("c.json"), gallery="people.db", json=True)
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert [row["photo"] for row in told["left_out"]] == ["p0/notes.txt"]
    assert "Keep it" not in said.err
    kept = Calibration.load(Path("c.json"))
    assert kept.threshold == told["threshold"] and kept.source == "team"
    assert Gallery.info("people.db").calibration == kept


def test_too_few_photos_are_refused_before_any_is_read(
    pipeline: FacePipeline, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pipeline, "embed", lambda *_, **__: pytest.fail("photos were read"))
    with pytest.raises(TriptychError):
        calibrate(pipeline, far=1e-6)


@pytest.mark.parametrize("as_json", [True, False])
def test_figures_are_printed_and_what_is_left_out_told(
    pipeline: FacePipeline, capsys: Capture, as_json: bool
):
    evaluation.evaluate(
        load_people([Path("team")])[0], pipeline, None, 2, 0, None, None, json=as_json
    )
    said = capsys.readouterr()
    assert "notes.txt" in said.err and "Look at" not in said.err
    if as_json:
        told = json.loads(said.out)
        assert (told["people"], told["photos"]) == (6, 24)
        assert [row["photo"] for row in told["left_out"]] == ["p0/notes.txt"]
    else:
        assert said.out.startswith("team: 6 people, 24 photos")
