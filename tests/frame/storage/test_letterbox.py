"""A letterboxed image keeps its aspect, and what is seen in it finds the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.frame.storage.letterbox import Letterbox, letterbox

RNG = np.random.default_rng(0)
COLORS = RNG.integers(0, 256, (3, 4, 3), dtype=np.uint8)


def test_a_picture_that_fits_is_untouched() -> None:
    canvas, placement = letterbox(COLORS, 3, 4, fill=0)
    assert np.array_equal(canvas, COLORS)
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
