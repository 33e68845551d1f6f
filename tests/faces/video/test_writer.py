"""A video is whole or not there, whatever the size of its frames."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.video.frames import VideoSource
from triptych.faces.video.writer import write_video
from triptych.frame.errors import WriteError


@pytest.mark.parametrize("size", [(64, 96), (65, 96), (64, 97), (101, 33)])
def test_frames_of_any_size_are_kept_but_for_a_pixel(tmp_path: Path, size: tuple[int, int]):
    across, down = np.meshgrid(np.linspace(0, 250, size[1]), np.linspace(0, 250, size[0]))
    image = np.stack([across, down, 0 * down], 2).astype(np.uint8)
    with write_video(tmp_path / "v.mp4", Fraction(25)) as writer:
        for number in range(6):
            writer.write(image, number / 25)
    with VideoSource(tmp_path / "v.mp4") as source:
        frames = [*source]
    even = tuple(side + side % 2 for side in size)
    assert len(frames) == 6 and frames[0].image.shape == (*even, 3)
    kept = frames[0].image[: size[0], : size[1]].astype(int)
    assert np.abs(kept - image).mean() < 6


def test_times_that_stand_still_still_rise(tmp_path: Path):
    with write_video(tmp_path / "v.mp4", Fraction(30_000, 1001)) as writer:
        for time in (0.0, 0.0, 0.5, 0.4, 1.0):
            writer.write(np.zeros((32, 32, 3), np.uint8), time)
    with VideoSource(tmp_path / "v.mp4") as source:
        times = [frame.time for frame in source]
    assert len(times) == 5 and times == sorted(times) and times[-1] == pytest.approx(1, abs=0.01)


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path):
    (tmp_path / "v.mp4").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), write_video(tmp_path / "v.mp4", Fraction(25)) as writer:
        writer.write(np.zeros((32, 32, 3), np.uint8), 0.0)
        raise KeyboardInterrupt
    with pytest.raises(WriteError, match="no frame"), write_video(tmp_path / "v.mp4", Fraction(25)):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["v.mp4"]
    assert (tmp_path / "v.mp4").read_bytes() == b"before"
    with (
        pytest.raises(WriteError, match="nowhere"),
        write_video(tmp_path / "nowhere" / "v.mp4", Fraction(25)),
    ):
        pass
