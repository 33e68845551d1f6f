"""What is drawn is where it should be, and nothing else is touched."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.frame.drawing.annotate import GROUND_TRUTH, PALETTE, PREDICTION, ImageCanvas, Pen
from triptych.frame.drawing.colors import BACKGROUND

BLACK = np.zeros((28, 28, 1), np.uint8)
NUMBERS = st.floats(width=32) | st.floats(-50, 50)


def changed(picture: ImageCanvas, before: np.ndarray = BLACK) -> np.ndarray:
    """Where the canvas differs from the picture as it came."""
    return (picture.pixels != ImageCanvas(before, picture.zoom).pixels).any(2)


def colored(pixels: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    return (pixels == color).all(2)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        ((28, 28), (168, 168)),
        ((56, 56), (168, 168)),
        ((144, 144), (288, 288)),
        ((1, 1), (160, 160)),
        ((160, 20), (160, 20)),
        ((3, 4000), (3, 4000)),
    ],
)
def test_small_pictures_are_enlarged_by_a_whole_factor(
    size: tuple[int, int], drawn: tuple[int, int]
):
    assert ImageCanvas(np.zeros((*size, 3), np.uint8)).pixels.shape == (*drawn, 3)


def test_enlarging_repeats_each_pixel():
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    pixels = ImageCanvas(image, 3).pixels
    assert (pixels[1::3, 1::3] == image).all() and (pixels[2::3, ::3] == image).all()


def test_grey_becomes_rgb_and_the_image_itself_stays():
    image = np.full((4, 4, 1), 7, np.uint8)
    picture = ImageCanvas(image, 1)
    picture.mask(np.ones((4, 4), bool))
    assert picture.pixels.shape == (4, 4, 3)
    assert (image == 7).all()


def test_the_line_of_a_box_lies_on_its_border():
    picture = ImageCanvas(BLACK, 6)
    picture.box(5.0, 10.0, 20.0, 25.0, color=GROUND_TRUTH)
    line = colored(picture.pixels, GROUND_TRUTH)
    rows, columns = np.nonzero(line)
    assert (rows.min(), rows.max() + 1) == (10 * 6 - 1, 25 * 6 + 1)  # two pixels wide
    assert (columns.min(), columns.max() + 1) == (5 * 6 - 1, 20 * 6 + 1)
    assert line[90, [29, 30, 119, 120]].all() and not line[90, 31:119].any()


def test_a_box_changes_nothing_inside_or_far_outside():
    picture = ImageCanvas(BLACK + 200, 6)
    picture.box(5.0, 10.0, 20.0, 25.0)
    touched = changed(picture, BLACK + 200)
    assert not touched[64:146, 34:116].any()
    assert not touched[:56].any() and not touched[:, :26].any() and not touched[:, 124:].any()


def test_a_circle_is_round_to_a_fraction_of_a_pixel():
    picture = ImageCanvas(BLACK, 6)
    picture.circle(14.0, 13.0, 8.5)
    rows, columns = np.nonzero(colored(picture.pixels, PREDICTION))
    distance = np.hypot(columns + 0.5 - 14 * 6, rows + 0.5 - 13 * 6)
    assert len(rows) > 300 and np.abs(distance - 8.5 * 6).max() <= 1


def test_a_line_around_a_box_is_that_of_the_box():
    corners = np.array([[5.0, 10], [20, 10], [20, 25], [5, 25], [5, 10]])
    line, box = ImageCanvas(BLACK, 6), ImageCanvas(BLACK, 6)
    line.line(corners)
    box.box(5.0, 10.0, 20.0, 25.0)
    there, same = (colored(each.pixels, PREDICTION) for each in (line, box))
    there[[59, 59, 150, 150], [29, 120, 29, 120]] = same[[59, 59, 150, 150], [29, 120, 29, 120]]
    assert (there == same).all()  # but for the corners, which are round


def test_an_open_line_has_ends():
    picture = ImageCanvas(BLACK, 6)
    picture.line(np.array([[5.0, 10], [20, 10]]))
    rows, columns = np.nonzero(colored(picture.pixels, PREDICTION))
    assert (rows.min(), rows.max()) == (59, 60) and (columns.min(), columns.max()) == (30, 119)
    picture = ImageCanvas(BLACK, 6)
    picture.line(np.array([[5.0, np.nan], [20, 10]]))
    assert (picture.pixels == ImageCanvas(BLACK, 6).pixels).all()


def test_lines_are_antialiased_and_wider_on_large_pictures():
    picture = ImageCanvas(BLACK, 6)
    picture.circle(14.0, 14.0, 9.3)
    assert len(np.unique(picture.pixels.reshape(-1, 3), axis=0)) > 20
    large = ImageCanvas(np.zeros((2000, 1000, 1), np.uint8))
    large.box(200.0, 200.0, 800.0, 1800.0)
    assert colored(large.pixels, PREDICTION)[1000].sum() == 2 * 8


def test_a_mask_is_tinted_and_its_contour_follows_the_pixels():
    mask = np.zeros((28, 28), bool)
    mask[10:14, 5:9] = True
    mask[10, 5] = False
    picture = ImageCanvas(BLACK, 6)
    picture.mask(mask)
    large = mask.repeat(6, 0).repeat(6, 1)
    assert (changed(picture) == large).all()
    line = colored(picture.pixels, PREDICTION)
    assert line[60, 36:54].all() and line[66:84, 30].all() and line[65, 36]
    tinted = np.rint(np.array(PREDICTION) * 0.2)
    assert (picture.pixels[72, 42] == tinted).all()


def test_a_map_has_a_color_per_class_and_names_those_that_appear():
    classes = np.zeros((28, 28), int)
    classes[2:6, 2:6], classes[20:24, 20:24], classes[2:6, 20:24] = 1, 2, 99
    picture = ImageCanvas(BLACK, 6)
    picture.semantic_map(classes, ("background", "one", "two", "three"))
    pixels = picture.pixels
    for number, (row, column) in {1: (2, 2), 2: (20, 20), 99: (2, 20)}.items():
        assert tuple(pixels[row * 6, column * 6]) == PALETTE[(number - 1) % len(PALETTE)]
    tinted = (pixels[:168] != 0).any(2)
    assert (tinted == (classes > 0).repeat(6, 0).repeat(6, 1)).all()
    for color, named in zip(PALETTE[:4], (True, True, True, False)):  # 99 wears the third
        assert colored(pixels[168:], color).any() == named


def test_an_empty_mask_and_a_map_of_background_leave_no_trace():
    picture = ImageCanvas(BLACK)
    picture.mask(np.zeros((28, 28), bool))
    picture.semantic_map(np.zeros((28, 28), np.uint8), ("background",))
    assert not changed(picture).any()


def test_words_stand_below_the_picture_and_cover_none_of_it():
    picture = ImageCanvas(BLACK)
    picture.text("seven 98%")
    once = picture.pixels
    picture.text("siebenundzwanzig → ж Ω", color=GROUND_TRUTH)
    twice = picture.pixels
    assert not once[:168].any() and not twice[:168].any()
    assert 168 < len(once) < len(twice) and once.shape[1] == 168
    assert colored(twice[168:], PREDICTION).any() and colored(twice[168:], GROUND_TRUTH).any()
    assert (twice[168:] < 90).all(2).any()  # ink


@pytest.mark.parametrize("text", ["", "long " * 99, "two\nlines", "\x00\ud800", "🙂 字", " "])
@pytest.mark.parametrize("width", [1, 3, 28])
def test_any_words_fit_any_picture(text: str, width: int):
    picture = ImageCanvas(np.zeros((4, width, 3), np.uint8), 4)
    picture.text(text)
    assert picture.pixels.shape[1] == 4 * width


def test_long_words_end_within_the_picture():
    picture = ImageCanvas(BLACK)
    picture.text("W" * 500)
    strip = picture.pixels[168:]
    assert (strip < 90).all(2).any() and tuple(strip[0, 0]) == BACKGROUND
    assert (strip[:, -1] == BACKGROUND).all()


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_shapes_at_any_place_are_drawn_without_complaint(a: float, b: float, c: float, d: float):
    picture = ImageCanvas(np.zeros((6, 9, 1), np.uint8), 2)
    picture.box(a, b, c, d)
    picture.circle(a, b, c)
    assert picture.pixels.shape == (12, 18, 3)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e30])
def test_what_has_no_place_is_not_drawn(bad: float):
    picture = ImageCanvas(BLACK)
    picture.box(bad, 1.0, 9.0, 9.0)
    picture.circle(5.0, bad, 3.0)
    picture.circle(5.0, 5.0, bad)
    assert not changed(picture).any()


def test_empty_shapes_are_not_drawn():
    picture = ImageCanvas(BLACK)
    picture.box(9.0, 2.0, 3.0, 8.0)
    picture.box(0.0, 0.0, 0.0, 0.0)
    picture.circle(9.0, 9.0, -4.0)
    picture.circle(0.0, 0.0, 0.0)
    assert not changed(picture).any()


class WholeCanvas(ImageCanvas):
    """Computes distances at every pixel, not only near the line."""

    def _windows(self, outer: object, hole: object):
        height, width = self._canvas.shape[:2]
        yield slice(0, height), slice(0, width)


@settings(max_examples=150, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.integers(1, 4))
def test_lines_are_the_same_as_from_distances_at_every_pixel(
    a: float, b: float, c: float, d: float, zoom: int
):
    noise = np.random.default_rng(0).integers(0, 256, (23, 31, 3), np.uint8)
    near, everywhere = (kind(noise, zoom) for kind in (ImageCanvas, WholeCanvas))
    for canvas in (near, everywhere):
        canvas.box(min(a, c), min(b, d), max(a, c), max(b, d))
        canvas.circle(a, b, abs(c), color=GROUND_TRUTH)
    assert np.array_equal(near.pixels, everywhere.pixels)


@pytest.mark.parametrize("zoom", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_tint_is_that_of_the_whole_mask(zoom: int, seed: int):
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (40, 50, 3), np.uint8)
    mask = np.zeros((40, 50), bool)
    top, left = rng.integers(0, 20, 2)
    mask[top : top + 17, left : left + 23] = rng.random((17, 23)) > 0.02
    canvas = ImageCanvas(noise, zoom)
    canvas.mask(mask, color=PREDICTION)
    covered = mask.repeat(zoom, 0).repeat(zoom, 1)
    line = canvas._line
    padded = np.pad(covered, line, mode="constant", constant_values=True)  # no border of its own
    sides = np.lib.stride_tricks.sliding_window_view(padded, (2 * line + 1, 2 * line + 1))
    inside = sides.all((2, 3))
    plain = noise.repeat(zoom, 0).repeat(zoom, 1)
    tinted = np.rint(plain * 0.8 + np.array(PREDICTION) * 0.2)
    expected = np.where(inside[..., None], tinted, plain)
    expected[covered & ~inside] = PREDICTION
    assert np.array_equal(canvas.pixels, expected)


def dashed_and_whole(draw: Callable[[ImageCanvas], None]) -> list[np.ndarray]:
    """Where the line is, of the truth and of an answer."""
    lines = []
    for ground_truth in (True, False):
        canvas = ImageCanvas(BLACK, 6)
        canvas.pen = Pen(GROUND_TRUTH, ground_truth, tint=False)
        draw(canvas)
        lines.append(colored(canvas.pixels, GROUND_TRUTH))
    return lines


@pytest.mark.parametrize(
    "draw",
    [
        lambda canvas: canvas.box(5.0, 10.0, 20.0, 25.0),
        lambda canvas: canvas.circle(14.0, 14.0, 9.0),
        lambda canvas: canvas.mask(np.pad(np.ones((14, 14), bool), 7)),
    ],
    ids=["box", "circle", "mask"],
)
def test_the_truth_has_gaps_where_an_answer_has_a_line(draw: Callable[[ImageCanvas], None]):
    truth, answer = dashed_and_whole(draw)
    assert not (truth & ~answer).any()
    assert 0.4 < truth.sum() / answer.sum() < 0.85


def test_corners_of_a_dashed_box_are_drawn():
    truth, _ = dashed_and_whole(lambda canvas: canvas.box(5.0, 10.0, 20.0, 25.0))
    assert truth[[60, 60, 149, 149], [30, 119, 30, 119]].all()


def test_a_pen_with_a_place_writes_above_it_instead_of_below_the_image():
    canvas = ImageCanvas(BLACK)
    canvas.pen = Pen(GROUND_TRUTH, place=(10.0, 12.0))
    canvas.text("7 98%")
    rows, columns = np.nonzero(colored(canvas.pixels, GROUND_TRUTH))
    assert canvas.pixels.shape == (168, 168, 3)
    assert rows.max() <= 12 * 6 and columns.min() in (60, 61)
    canvas.pen = Pen(GROUND_TRUTH, silent=True)
    canvas.text("not said")
    assert canvas.pixels.shape == (168, 168, 3)


@pytest.mark.parametrize("size", [(28, 28), (480, 640), (3000, 4000), (4000, 3000)])
def test_captions_are_as_readable_on_a_digit_as_on_a_photograph(size: tuple[int, int]):
    canvas = ImageCanvas(np.zeros((*size, 1), np.uint8))
    bare = canvas.pixels
    canvas.text("7 98%")
    strip = len(canvas.pixels) - len(bare)
    assert 0.028 < strip / max(bare.shape) < 0.12
