"""Pictures kept on the way: in order, at one size, as a sheet, a GIF and a film."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import RunError
from triptych.frame.storage import images
from triptych.style.job.snapshots import Snapshots, snapshot_steps


@pytest.fixture
def timeline(tmp_path: Path) -> Snapshots:
    """A dark picture that grows brighter, over two scales."""
    found = Snapshots(tmp_path / "frames")
    for scale, step, grey in ((1, 2, 200), (0, 0, 0), (0, 10, 120), (0, 9, 60)):
        size = 16 * (scale + 1)
        found.save(scale, step, size, np.full((size // 2, size, 3), grey, np.uint8))
    return found


def brightness(frame: np.ndarray) -> int:
    return round(float(frame.mean()) / 20) * 20


@pytest.mark.parametrize("steps", [1, 2, 7, 100, 1000])
def test_moments_begin_with_the_first_and_end_with_the_last(steps: int):
    found = snapshot_steps(steps)
    assert found[0] == 1 and found[-1] == steps
    assert found == sorted(set(found))
    assert len(found) <= 30


def test_frames_are_in_the_order_they_were_painted(timeline: Snapshots):
    assert [note for note, _ in timeline.frames] == [
        *("16 px, begun", "16 px, step 9", "16 px, step 10", "32 px, step 2")
    ]
    assert [brightness(images.read(path)) for _, path in timeline.frames] == [0, 60, 120, 200]


def test_large_frames_are_shrunk(tmp_path: Path):
    found = Snapshots(tmp_path)
    found.save(0, 1, 1024, np.zeros((64, 1024, 3), np.uint8))
    assert images.read(found.frames[0][1]).shape == (32, 512, 3)
    assert found.frames[0][0] == "1024 px, step 1"
    found.save(0, 2, 100, np.full((50, 100, 3), 9, np.uint8))  # a small one is left as it is
    np.testing.assert_array_equal(
        images.read(found.frames[1][1]), np.full((50, 100, 3), 9, np.uint8)
    )


def test_a_gif_shows_all_at_the_size_of_the_last(timeline: Snapshots, tmp_path: Path):
    timeline.gif(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 4 and film.size == (32, 16)
        shades = []
        for place in range(4):
            film.seek(place)
            shades.append(brightness(np.array(film.convert("RGB"))))
    assert shades == [0, 60, 120, 200]


def test_a_film_shows_all_and_stays_at_the_last(timeline: Snapshots, tmp_path: Path):
    timeline.mp4(tmp_path / "a.mp4")
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    shades = []
    while (read := film.read())[0]:
        assert read[1].shape == (16, 32, 3)
        shades.append(brightness(read[1]))
    film.release()
    assert shades[:4] == [0, 60, 120, 200] and set(shades[4:]) == {200}
    assert {path.name for path in tmp_path.iterdir()} == {"frames", "a.mp4"}


def test_a_sheet_has_no_more_cells_than_asked_for(timeline: Snapshots, tmp_path: Path):
    heights = []
    for cells in (2, 4, 12):
        timeline.sheet(tmp_path / "a.png", "title", cells)
        heights.append(images.read(tmp_path / "a.png").shape[0])
    two, four, all_four = heights
    assert two < four == all_four


@pytest.mark.parametrize("damaged", [0, 2, 3])
def test_a_damaged_frame_is_left_out(timeline: Snapshots, tmp_path: Path, damaged: int):
    timeline.frames[damaged][1].write_bytes(b"x")
    for name in ("odd-1-9px.png", "1-2-3-4px.png", "1a-2-3px.png"):  # are none
        (timeline.folder / name).touch()
    timeline.gif(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 3 and film.size == ((32, 16) if damaged < 3 else (16, 8))
    timeline.mp4(tmp_path / "a.mp4")
    timeline.sheet(tmp_path / "a.png", "title")


def test_no_frames_are_told(tmp_path: Path):
    (tmp_path / "file").touch()
    (tmp_path / "0-1-2px.png").touch()
    for place in (tmp_path, tmp_path / "file", tmp_path / "gone"):
        with pytest.raises(RunError, match="found none"):
            Snapshots(place).gif(tmp_path / "a.gif")
        with pytest.raises(RunError, match="found none"):
            Snapshots(place).sheet(tmp_path / "a.png", "title")
