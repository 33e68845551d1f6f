"""Events of a video on the terminal: as text, as JSON lines, and ended by Ctrl-C."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from tests.faces.recognition.colors import FaceColor
from tests.faces.video.moving import RED, ColorFinder, film, picture

from triptych.cli.faces.answers import watching
from triptych.cli.faces.answers.watching import watch
from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.faces.video.frames import VideoSource
from triptych.frame.errors import DataError, WriteError

pytest.importorskip("av")


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FacePipeline:
    """For v.mp4, a red face that moves, and g.db, which knows it."""
    monkeypatch.chdir(tmp_path)
    film(Path("v.mp4"), [picture((RED, 10 + n, 20)) for n in range(50)])
    encoder = FaceColor()
    vector = encoder.encode(np.full((1, 112, 112, 3), RED, np.uint8))
    with Gallery.open("g.db", encoder=encoder, create=True) as gallery:
        gallery.enroll(Embeddings(vector, ("a",), ("Ada",), "colors-1"), ["0" * 64])
    return FacePipeline(encoder, detector=ColorFinder(), faces="all")


def test_a_line_an_event(pipeline: FacePipeline, capsys: pytest.CaptureFixture[str]):
    watch("v.mp4", "g.db", pipeline, {"threshold": 0.4}, out=None, json=False)
    said = capsys.readouterr()
    first, last = said.out.splitlines()
    assert first.startswith("0:00:00.04  track 1  appears  Ada  0.")
    assert last.startswith("0:00:01.96  track 1  gone     Ada") and last.endswith("after 2.0 s")
    assert "50 frames in" in said.err and "a second" in said.err
    watch("v.mp4", "g.db", pipeline, {"threshold": 0.4}, out=None, json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["appears", "gone"]
    assert lines[1]["person"] == "Ada" and lines[1]["frames"] == 50


def test_ctrl_c_ends_well(
    pipeline: FacePipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    class Pressed(ColorFinder):
        def detect(self, image, /):
            if self.looked == 20:
                os.kill(os.getpid(), signal.SIGINT)
            return super().detect(image)

    pipeline = FacePipeline(FaceColor(), detector=Pressed(), faces="all")
    watch("v.mp4", "g.db", pipeline, {"threshold": 0.4}, out=Path("out.mp4"), json=False)
    said = capsys.readouterr()
    assert [line.split()[3] for line in said.out.splitlines()] == ["appears", "gone"]
    with VideoSource("out.mp4") as source:
        assert 20 <= len([*source]) <= 22


def test_what_cannot_be_read_or_written_is_told(
    pipeline: FacePipeline, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(WriteError, match="nowhere"):
        watch("v.mp4", "g.db", pipeline, {}, out=Path("nowhere/out.mp4"), json=False)
    with pytest.raises(DataError, match="no video"):
        watch("g.db", "g.db", pipeline, {"threshold": 1.0}, out=None, json=False)
    assert "frames" not in capsys.readouterr().err and watching
