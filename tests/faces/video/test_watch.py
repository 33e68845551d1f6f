"""Who is in a video, from a synthetic one whose people are known."""

from pathlib import Path

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.faces.video import watch as module
from triptych.faces.video.frames import VideoSource
from triptych.faces.video.watch import TrackEvent, WatchCounts, watch
from triptych.frame.errors import ConfigError, DataError

from ..recognition.colors import FaceColor
from .moving import BLUE, GREEN, RED, ColorFinder, film, picture

pytest.importorskip("av")
FRAMES = [
    *[picture((RED, 10 + 2 * n, 20), (BLUE, 200, 10 + n)) for n in range(30)],
    *[picture((RED, 70 + 2 * n, 20)) for n in range(15)],
    *[picture((GREEN, 100, 40), ground=200) for n in range(15)],
]


@pytest.fixture
def pipeline() -> FacePipeline:
    return FacePipeline(FaceColor(), detector=ColorFinder(), faces="all")


@pytest.fixture
def gallery(tmp_path: Path):
    encoder = FaceColor()
    crops = [np.full((112, 112, 3), color, np.uint8) for color in (RED, GREEN)]
    people = Embeddings(encoder.encode(np.stack(crops)), ("a", "b"), ("Ada", "Bob"), "colors-1")
    with Gallery.open(str(tmp_path / "g.db"), encoder=encoder, create=True) as opened:
        opened.enroll(people, ["0" * 64, "1" * 64])
        yield opened


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return film(tmp_path / "v.mp4", FRAMES)


def told(events: list[TrackEvent]) -> list[tuple[str, str | None]]:
    return [(event.kind, event.person) for event in events]


def test_who_comes_and_goes_is_told_once_each(video: Path, gallery: Gallery, pipeline):
    counts = WatchCounts()
    events = [*watch(video, gallery, pipeline=pipeline, threshold=0.4, counts=counts)]
    comes = told([event for event in events if event.kind == "appears"])
    assert sorted(comes, key=str) == [("appears", "Ada"), ("appears", "Bob"), ("appears", None)]
    assert sorted(told(events[3:]), key=str) == [("gone", "Ada"), ("gone", "Bob"), ("gone", None)]
    bob = next(event for event in events if event.person == "Bob")
    assert bob.time == pytest.approx(46 / 25, abs=0.05)
    ada = next(event for event in events if event.kind == "gone" and event.person == "Ada")
    assert ada.frames == 45 and ada.first == 0 and ada.time == pytest.approx(44 / 25, abs=0.05)
    assert ada.to_dict()["box"]["left"] == pytest.approx(98, abs=3)
    assert (counts.frames, counts.looked) == (60, 60) and counts.encoded < 20


def test_only_every_so_many_th_frame_is_looked_at(video: Path, gallery: Gallery, pipeline):
    counts = WatchCounts()
    words = {"pipeline": pipeline, "threshold": 0.4, "counts": counts}
    events = [*watch(video, gallery, every=5, **words)]
    assert counts.looked == 12 == pipeline.detector.looked and len(events) == 6


def test_all_frames_are_written_with_boxes(video: Path, gallery: Gallery, pipeline, tmp_path: Path):
    out = tmp_path / "out.mp4"
    assert [*watch(video, gallery, pipeline=pipeline, threshold=0.4, every=5, out=out)]
    with VideoSource(video) as before, VideoSource(out) as after:
        pairs = [(a.image.astype(int), b.image, b.time - a.time) for a, b in zip(before, after)]
    assert len(pairs) == 60
    assert max(abs(late) for _, _, late in pairs) < 0.01
    assert all(np.abs(a - b).mean() > 2 for a, b, _ in pairs)  # a box and a name in each


def test_stopped_it_ends_well_and_the_file_is_whole(
    video: Path, gallery: Gallery, pipeline, tmp_path: Path
):
    counts, out = WatchCounts(), tmp_path / "out.mp4"
    events = [
        *watch(
            video,
            gallery,
            pipeline=pipeline,
            threshold=0.4,
            out=out,
            counts=counts,
            stop=lambda: counts.frames >= 20,
        )
    ]
    assert sorted(told(events), key=str) == [
        *[("appears", "Ada"), ("appears", None), ("gone", "Ada"), ("gone", None)]
    ]
    with VideoSource(out) as source:
        assert len([*source]) == 20


def test_a_video_cut_off_is_told_after_all_that_was_seen(
    video: Path, gallery: Gallery, pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class CutOff(VideoSource):
        def __iter__(self):
            for frame in super().__iter__():
                if frame.index == 20:
                    raise DataError("cut off")
                yield frame

    monkeypatch.setattr(module, "VideoSource", CutOff)
    events, out = [], tmp_path / "out.mp4"
    with pytest.raises(DataError, match="cut off"):
        for event in watch(video, gallery, pipeline=pipeline, threshold=0.4, out=out):
            events.append(event)
    assert [event.kind for event in events] == ["appears", "appears", "gone", "gone"]
    with VideoSource(out) as source:
        assert len([*source]) == 20


def test_a_name_that_is_found_later_is_told(gallery: Gallery, pipeline, tmp_path: Path):
    shades = [(220, 20, 130)] * 4 + [(220, 20, 70)] * 30 + [RED] * 30
    path = film(tmp_path / "turn.mp4", [picture((color, 20, 20)) for color in shades])
    events = [*watch(path, gallery, pipeline=pipeline, threshold=0.4)]
    assert told(events) == [("appears", None), ("named", "Ada"), ("gone", "Ada")]
    assert {event.track for event in events} == {1} and events[1].time > 4 / 25


def test_what_does_not_fit_is_refused_first(
    video: Path, gallery: Gallery, pipeline, tmp_path: Path
):
    words = {"pipeline": pipeline, "threshold": 0.4}
    before = video.read_bytes()
    with pytest.raises(ConfigError, match="over the video itself"):
        next(watch(video, gallery, out=video, **words))
    with pytest.raises(ConfigError, match="got 0"):
        next(watch(video, gallery, every=0, **words))
    with pytest.raises(ConfigError, match="--aligned"):
        next(watch(video, gallery, pipeline=FacePipeline(FaceColor(), aligned=True), threshold=1.0))
    with pytest.raises(DataError, match="none"):
        next(watch(tmp_path / "none.mp4", gallery, out=tmp_path / "out.mp4", **words))
    assert video.read_bytes() == before and not (tmp_path / "out.mp4").exists()
