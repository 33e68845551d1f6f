"""Painting and going on: what is checked first, what is printed, and what is said of alpha."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych.cli.style.job_flags import JobFlags
from triptych.cli.style.output import OutputOptions
from triptych.cli.style.transfer import paint
from triptych.frame.errors import ConfigError
from triptych.frame.storage import images

QUICK = {"features": "patches", "size": 16, "steps": "1", "device": "cpu"}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """photo.png, wave.png, and cut.png, whose right half is clear."""
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(0)
    for name in ("photo.png", "wave.png"):
        images.save(name, chance.integers(0, 256, (16, 16, 3), "u1"))
    cut = chance.integers(0, 256, (16, 16, 4), "u1")
    cut[:, :8, 3], cut[:, 8:, 3] = 255, 0
    images.save("cut.png", cut)


def flags(content: str = "photo.png", **settings: Any) -> JobFlags:
    return JobFlags([Path(content), Path("wave.png")], {**QUICK, **settings})


def test_without_a_name_or_a_run_the_picture_goes_here(capsys: pytest.CaptureFixture[str]):
    paint(flags(), OutputOptions(None), json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["pictures"] == ["picture.png"] and told["run"] is None and told["steps"] == 1
    assert images.read("picture.png").shape == (16, 16, 3)


def test_a_painting_keeps_the_alpha_of_its_content(capsys: pytest.CaptureFixture[str]):
    paint(flags("cut.png"), OutputOptions(Path("o.png"), Path("run")), json=False)
    assert "alpha" not in capsys.readouterr().err
    for place in ("o.png", "run/picture.png"):
        pixels = images.read(place, channels=4)
        np.testing.assert_array_equal(pixels[..., 3], images.read("cut.png", channels=4)[..., 3])
    frame = next(Path("run/timeline").iterdir())
    assert (images.read(frame, channels=4)[..., 3] == 255).all()


@pytest.mark.parametrize(("content", "notes"), [("cut.png", 1), ("photo.png", 0)])
def test_a_jpeg_of_a_transparent_content_lies_on_white_and_says_so(
    content: str, notes: int, capsys: pytest.CaptureFixture[str]
):
    paint(flags(content), OutputOptions(Path("o.jpg")), json=False)
    words = capsys.readouterr().err
    assert words.count("JPEG cannot hold: o.jpg is laid on white. Name it .png") == notes
    assert (images.read("o.jpg")[:, 12:] > 240).all() == bool(notes)


def test_going_on_takes_no_settings_and_needs_a_run():
    with pytest.raises(ConfigError, match="--run FOLDER --resume"):
        paint(JobFlags([], {}, resume=True), OutputOptions(None), json=False)
    for wrong in (flags(), JobFlags([], {"size": 8}), JobFlags([], {}, sweep=["seed=1"])):
        with pytest.raises(ConfigError, match="takes no pictures and no settings"):
            paint(replace(wrong, resume=True), OutputOptions(None, Path("run")), json=False)


def test_a_finished_run_goes_nowhere_but_becomes_a_film(capsys: pytest.CaptureFixture[str]):
    paint(flags(), OutputOptions(None, Path("run")), json=False)
    on = JobFlags([], {}, resume=True)
    with pytest.raises(ConfigError, match=r"is finished\. Paint on with --from"):
        paint(on, OutputOptions(None, Path("run")), json=False)
    capsys.readouterr()
    paint(on, OutputOptions(None, Path("run"), gif=True), json=True)
    assert json.loads(capsys.readouterr().out) == {"films": ["run/timeline.gif"], "run": "run"}
    assert Path("run/timeline.gif").read_bytes().startswith(b"GIF")


def test_a_run_records_the_threads_it_was_painted_with():
    import torch

    paint(flags(), OutputOptions(None, Path("run")), json=False)
    assert json.loads(Path("run/run.json").read_bytes())["threads"] == torch.get_num_threads()
