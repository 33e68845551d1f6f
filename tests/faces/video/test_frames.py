"""Frames are read in order; what is no video, or not whole, is told in one line."""

from pathlib import Path

import numpy as np
import pytest

from triptych.faces.video.frames import VideoSource
from triptych.frame.errors import DataError

from .moving import RED, film, picture

av = pytest.importorskip("av")


@pytest.fixture
def video(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 255, (64, 96, 3)).astype(np.uint8) for _ in range(75)]
    return film(tmp_path / "v.mp4", frames)


def test_frames_come_with_their_times(tmp_path: Path):
    path = film(tmp_path / "v.mp4", [picture((RED, 10 + n, 20)) for n in range(10)])
    with VideoSource(path) as source:
        frames = [*source]
        assert source.duration == pytest.approx(0.4) and source.rate == 25
    assert [frame.index for frame in frames] == [*range(10)]
    assert np.allclose([frame.time for frame in frames], np.arange(10) / 25, atol=1e-3)
    assert frames[0].image.shape == (200, 320, 3)
    assert np.abs(frames[3].image.astype(int) - picture((RED, 13, 20))).mean() < 6


def remux(source: Path, target: Path) -> Path:
    """The same pictures in a container that can be read without its end."""
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    return target


def test_a_video_that_ends_in_the_middle_gives_what_is_there_and_is_told(
    video: Path, tmp_path: Path
):
    whole = remux(video, tmp_path / "v.mkv")
    with VideoSource(whole) as source:
        assert len([*source]) == 75
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    seen = []
    with VideoSource(cut) as source, pytest.raises(DataError, match=r"of 3\.0 s only") as told:
        seen.extend(frame.index for frame in source)
    assert 5 < len(seen) < 60 and seen == [*range(len(seen))] and "\n" not in str(told.value)


def test_damaged_parts_are_passed_over_and_told(video: Path, tmp_path: Path):
    content = bytearray(remux(video, tmp_path / "v.mkv").read_bytes())
    rng = np.random.default_rng(0)
    for place in range(len(content) // 3, len(content) // 2, 97):
        content[place] = rng.integers(0, 256)
    (tmp_path / "bad.mkv").write_bytes(content)
    seen = []
    with VideoSource(tmp_path / "bad.mkv") as source:
        try:
            seen.extend(source)
        except DataError as error:
            assert "bad.mkv could be read to" in str(error)
    assert len(seen) > 10


def test_a_phones_turn_is_undone(video: Path, tmp_path: Path):
    path = film(tmp_path / "turned.mp4", [picture((RED, 10, 20))] * 5)
    content = bytearray(path.read_bytes())
    matrix = np.array([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000], ">i4").tobytes()
    place = content.rindex(matrix)  # of the track, after that of the film
    turned = np.array([0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000], ">i4").tobytes()
    content[place : place + 36] = turned
    path.write_bytes(content)
    with VideoSource(path) as source:
        first = next(iter(source)).image
    clockwise = np.rot90(picture((RED, 10, 20)), -1)
    assert first.shape == clockwise.shape
    assert np.abs(first.astype(int) - clockwise).mean() < 6


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.mp4", "no such file"),
        ("words.mp4", "no video that can be read"),
        ("empty.mp4", "no video"),
        ("head.mp4", "no video that can be read"),
        ("sound.wav", "holds no picture"),
        (".", "Cannot open the video"),
        ("/dev/video63", "Cannot open the video /dev/video63"),
        ("rtsp://user:secret@127.0.0.1:9/x", "rtsp://127.0.0.1:9/x"),
    ],
)
def test_what_is_no_video_is_told_in_one_line(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
):
    monkeypatch.chdir(tmp_path)
    Path("words.mp4").write_text("just words\n" * 99)
    Path("empty.mp4").write_bytes(b"")
    Path("head.mp4").write_bytes(video.read_bytes()[:2000])
    with av.open("sound.wav", "w") as made:
        stream = made.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.rate = 8000
        made.mux(stream.encode(sound))
    with pytest.raises(DataError, match=words) as told:
        VideoSource(name)
    assert "\n" not in str(told.value) and "secret" not in str(told.value)


def test_a_playlist_leads_nowhere_else(tmp_path: Path):
    (tmp_path / "list.m3u8").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(DataError):
        [*VideoSource(tmp_path / "list.m3u8")]
