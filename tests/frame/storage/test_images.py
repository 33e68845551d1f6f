"""Folders of pictures, saving, and sizes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.frame.errors import ConfigError, ImageError, WriteError
from triptych.frame.storage import images
from triptych.frame.storage.images import Letterbox, letterbox, read, resize, save

RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (3, 4, 3), dtype=np.uint8)


# --- folders of pictures ---


def test_folders_give_their_pictures_by_name(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "c.txt", ".hidden.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    other = Path("other.png")
    assert images.expand_paths([other, tmp_path]) == [other, tmp_path / "a.jpg", tmp_path / "b.PNG"]


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="Expected pictures in"):
        images.expand_paths([tmp_path])


# --- what goes out ---


@pytest.mark.parametrize("ending", [".png", ".tif", ".BMP"])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_saved_is_read_again(tmp_path: Path, ending: str, channels: int) -> None:
    values = COLOURS[..., :channels].copy()
    save(tmp_path / f"a{ending}", values)
    assert np.array_equal(read(tmp_path / f"a{ending}", channels=channels), values)


def test_alpha_is_kept_where_the_format_can(tmp_path: Path) -> None:
    values = np.full((16, 16, 4), (0, 0, 0, 51), np.uint8)
    for ending in ("png", "webp", "tiff"):
        save(tmp_path / f"a.{ending}", values)
        assert read(tmp_path / f"a.{ending}", channels=4)[0, 0, 3] == 51
    for ending in ("jpg", "bmp"):
        save(tmp_path / f"a.{ending}", values)
        assert read(tmp_path / f"a.{ending}")[0, 0].tolist() == [204, 204, 204]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "PNG"), ("a.b.JPG", "JPEG"), ("a.tif", "TIFF"), ("x/a.webp", "WEBP")],
)
def test_a_name_says_the_format(name: str, kind: str) -> None:
    assert images.format_of(name) == kind


@pytest.mark.parametrize("name", ["a", "a.gif", "a.mp3", ".png", "png", ""])
def test_a_name_of_no_format_we_write_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match=r"PNG, JPEG, WEBP, TIFF, BMP.*Name it \.png"):
        images.format_of(name)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    for name in ("a.xyz", "a"):
        with pytest.raises(ConfigError, match="Expected the name of a picture"):
            save(tmp_path / name, COLOURS)
    assert not list(tmp_path.iterdir())


def test_a_size_the_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="WEBP cannot hold 20000×1"):
        save(tmp_path / "a.webp", np.zeros((1, 20_000, 3), np.uint8))


def test_saving_where_there_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="there is no folder"):
        save(tmp_path / "none" / "a.png", COLOURS)


# --- sizes ---


def test_shrinking_averages_areas() -> None:
    board = np.indices((8, 8)).sum(0).astype(np.uint8)[..., None] % 2 * 200
    assert (resize(board, 2, 2) == 100).all()


def test_resizing_mixes_shrinking_and_growing() -> None:
    stripes = np.tile(np.array([[0], [200]], np.uint8), (4, 3))[..., None]
    assert resize(stripes, 4, 9).shape == (4, 9, 1)
    assert (resize(stripes, 4, 9) == 100).all()
    assert resize(COLOURS, 3, 4) is COLOURS


def test_a_picture_that_fits_is_untouched() -> None:
    canvas, placement = letterbox(COLOURS, 3, 4, fill=0)
    assert np.array_equal(canvas, COLOURS)
    assert placement == Letterbox(1.0, 0, 0, 4, 3)


def test_a_letterbox_keeps_the_aspect_in_the_middle() -> None:
    canvas, placement = letterbox(np.full((50, 100, 3), 200, np.uint8), 64, 64, fill=(1, 2, 3))
    assert (placement.scale, placement.left, placement.top, placement.size) == (
        0.64,
        0,
        16,
        (32, 64),
    )
    assert (canvas[16:48] == 200).all()
    assert (canvas[:16] == (1, 2, 3)).all() and (canvas[48:] == (1, 2, 3)).all()


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (1, 1), (40_000, 3)])
def test_extreme_aspects_keep_a_pixel(size: tuple[int, int]) -> None:
    canvas, placement = letterbox(np.full((*size, 1), 9, np.uint8), 64, 48, fill=0)
    assert canvas.shape == (64, 48, 1)
    assert (canvas == 9).sum() == np.prod(placement.size) >= 1
    assert placement.classes_to_original(canvas[..., 0].astype(int)).shape == size
    assert placement.mask_to_original((canvas[..., 0] / 9).astype(np.float32)).all()


def test_boxes_and_circles_find_their_way_back() -> None:
    _, placement = letterbox(np.zeros((50, 100, 1), np.uint8), 200, 200, fill=0)
    assert (placement.scale, placement.top) == (2, 50)
    box = np.array([[20, 60, 40, 150]], np.float32)
    circle = np.array([20, 60, 8], np.float32)
    assert placement.box_to_original(box).tolist() == [[10, 5, 20, 50]]
    assert placement.circle_to_original(circle).tolist() == [10, 5, 4]


@given(*[st.integers(1, 300)] * 4)
def test_the_picture_in_the_canvas_is_the_whole_original(
    height: int, width: int, tall: int, wide: int
) -> None:
    _, placement = letterbox(np.zeros((height, width, 1), np.uint8), tall, wide, fill=0)
    rows, columns = placement.size
    assert rows <= tall and columns <= wide
    corners = np.array([0, 0, columns, rows]) + np.tile([placement.left, placement.top], 2)
    back = placement.box_to_original(corners.astype(np.float32))
    assert np.allclose(back, [0, 0, width, height], rtol=1e-5)


def test_masks_and_classes_find_their_way_back() -> None:
    truth = np.zeros((40, 60), np.uint8)
    truth[10:30, 20:50] = 1
    canvas, placement = letterbox(truth[..., None], 120, 120, fill=0)
    assert np.array_equal(placement.mask_to_original(canvas[..., 0].astype(np.float32)), truth > 0)
    assert np.array_equal(placement.classes_to_original(canvas[..., 0].astype(np.int64)), truth)


def test_a_canvas_of_the_same_size_gives_masks_back_unchanged() -> None:
    _, placement = letterbox(np.zeros((9, 7, 3), np.uint8), 9, 7, fill=0)
    classes = RNG.integers(0, 11, (9, 7))
    chance = RNG.random((9, 7), np.float32)
    assert np.array_equal(placement.classes_to_original(classes), classes)
    assert np.array_equal(placement.mask_to_original(chance), chance > 0.5)
