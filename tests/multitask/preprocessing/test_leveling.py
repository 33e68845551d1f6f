"""Ink is found on paper that is grey, shaded, shadowed or grainy; and chalk on slate."""

import cv2
import numpy as np
import pytest

from triptych.multitask.preprocessing.leveling import find_inks

SIDE = 160
RNG = np.random.default_rng(0)


def strokes(width: int = 9) -> np.ndarray:
    """A seven, True where its ink is."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    points = np.array([[45, 40], [110, 40], [75, 125]], np.int32)
    return cv2.polylines(image, [points], False, 1, width) > 0


def paper(kind: str) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    return {
        "white": np.full((SIDE, SIDE), 255.0),
        "grey": np.full((SIDE, SIDE), 150.0),
        "shaded": 230 - 130 * x,
        "shadow": np.where(y > 0.55, 110.0, 220.0),
        "grainy": 180 + RNG.normal(0, 4, (SIDE, SIDE)),
    }[kind]


def written(kind: str, *, light: bool = False, width: int = 9) -> np.ndarray:
    """Ink that takes six tenths of its paper's light; chalk is the same on its negative."""
    image = np.where(strokes(width), 0.4, 1.0) * paper(kind)
    image = 255 - image if light else image
    return image.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("light", [False, True], ids=["ink", "chalk"])
@pytest.mark.parametrize("kind", ["white", "grey", "shaded", "shadow", "grainy"])
def test_ink_is_found_however_paper_is_lit(kind: str, light: bool) -> None:
    ink = next(find_inks(written(kind, light=light)), None)
    assert ink is not None and ink.light is light
    found, true = ink.map > 0.4, strokes()
    assert (found & true).sum() / (found | true).sum() > 0.8


@pytest.mark.parametrize("width", [2, 5, 21, 35])
def test_pens_of_any_breadth_are_found(width: int) -> None:
    ink = next(find_inks(written("shaded", width=width)), None)
    assert ink is not None and not ink.light
    found, true = ink.map > 0.4, strokes(width)
    assert (found & true).sum() / (found | true).sum() > 0.6


def test_ink_that_reaches_the_edges_is_whole() -> None:
    true = strokes(25)
    rows, columns = np.nonzero(true)
    cut = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    ink = next(find_inks(written("white", width=25)[cut]), None)
    assert ink is not None and not ink.light
    found = ink.map > 0.4
    assert (found & true[cut]).sum() / (found | true[cut]).sum() > 0.85


def test_what_is_known_of_the_ink_is_obeyed() -> None:
    image = written("white")
    for light in (False, True):
        ink = next(find_inks(image, light), None)
        assert ink is None or ink.light is light


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_sheet_has_no_ink(level: int) -> None:
    assert not list(find_inks(np.full((90, 120), level, np.uint8)))
    grain = level + RNG.normal(0, 1.5, (90, 120))
    assert not list(find_inks(grain.clip(0, 255).astype(np.uint8)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3)], ids=str)
def test_images_without_room_for_ink_are_no_error(shape: tuple[int, int]) -> None:
    list(find_inks(RNG.integers(0, 256, shape, dtype=np.uint8)))


def test_small_ink_on_a_large_sheet_sets_the_contrast() -> None:
    sheet = np.full((1000, 800), 215)
    sheet[300:340, 400:404] = 60
    ink = next(find_inks(sheet.astype(np.uint8)), None)
    assert ink is not None and not ink.light
    found = ink.map > 0.4
    assert found[300:340, 400:404].mean() > 0.8 and found.sum() < 3 * 160


def test_a_sheet_on_a_dark_desk_can_be_seen_as_ink_but_so_can_what_is_written_on_it() -> None:
    desk = np.full((2 * SIDE, 2 * SIDE), 50.0)
    start = SIDE // 2
    sheet = np.s_[start : start + SIDE, start : start + SIDE]
    desk[sheet] = written("white")
    true = np.zeros(desk.shape, bool)
    true[sheet] = strokes()
    dark = [ink for ink in find_inks(desk.astype(np.uint8)) if not ink.light]
    best = max(((one.map > 0.4) & true).sum() / true.sum() for one in dark)
    assert best > 0.8
