"""`triptych explain`: sheets are written, bad pictures are named, slips are one line."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.storage import images

from ...typed import Run, slip


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    pixels = np.zeros((28, 28, 3), np.uint8)
    pixels[6:22, 12:16] = 255
    images.save(tmp_path / "one.png", pixels)
    return tmp_path / "one.png"


def test_a_sheet_is_written_for_each_picture(
    run: Run, trained_run: Path, digit: Path, tmp_path: Path
):
    words = ["--to", "why", "--heads", "digit,box", "--method", "grad-cam", "--device", "cpu"]
    done = run("explain", trained_run, "one.png", *words, "--json")
    assert done.status == 0, done.err
    told = json.loads(done.out)
    (one,) = told["explanations"]
    assert one["picture"] == "why/one.png" and (tmp_path / "why" / "one.png").exists()
    assert sorted(one["explained"][0]["heads"]) == ["box", "digit"]
    assert [*one["explained"][0]["heads"]["box"]["hottest"]] == ["grad-cam"]


def test_bad_pictures_are_named_and_the_others_explained(
    run: Run, trained_run: Path, digit: Path, tmp_path: Path
):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    words = ["--to", "why", "--method", "grad-cam", "--class", "3", "--device", "cpu"]
    done = run("explain", trained_run, "one.png", "bad.png", *words)
    assert done.status == 2 and "skipped: " in done.err
    assert "1 of 2 pictures could not be read" in done.err
    assert "why/one.png" in done.out and (tmp_path / "why" / "one.png").exists()


def test_what_excites_channels_is_one_sheet(run: Run, trained_run: Path, tmp_path: Path):
    words = ["--maximal", "--stage", "1", "--channels", "2", "--to", "why", "--device", "cpu"]
    done = run("explain", trained_run, *words, "--json")
    assert done.status == 0, done.err
    told = json.loads(done.out)
    assert told["stage"] == 1 and len(told["channels"]) == 2
    assert (tmp_path / "why" / "stage-1.png").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("explain RUN", "Which pictures?"),
        ("explain RUN x.png --maximal", "--maximal looks at the run's own images"),
        ("explain RUN --maximal --layer backbone", "--layer is about single pictures"),
        ("explain RUN x.png --stage 2", "--stage is about --maximal"),
        ("explain RUN x.png --method lime", "There is no method 'lime'"),
        ("explain RUN x.png --heads digits", "Did you mean 'digit'"),
        ("explain RUN x.png --class seven", "There is no class 'seven'"),
        ("explain RUN x.png --invert perhaps", "way to invert"),
        ("explain RUN --maximal --stage 9", "Expected a stage from 1 to 4"),
        ("explain nothing x.png", "Expected a finished run"),
    ],
)
def test_slips_are_one_line(refused: Callable[[str, str], None], command: str, words: str):
    refused(command, words)


def test_files_in_place_of_folders_are_one_line(run: Run, trained_run: Path, digit: Path):
    file = trained_run / "model.json"
    slip(run("explain", file, "one.png"), "Expected a finished run")
    slip(run("explain", trained_run, "one.png", "--to", file), "Expected a folder for --to")
    assert not (trained_run / "explained").exists()
