"""Ink is found on paper that is grey, shaded, shadowed or grainy; and chalk on slate."""

import cv2
import numpy as np
import pytest

from triptych.multitask.preprocessing.leveling import find_ink

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
    ink = find_ink(written(kind, light=light))
    assert ink is not None and ink.light is light
    found, true = ink.map > 0.4, strokes()
    assert (found & true).sum() / (found | true).sum() > 0.8


@pytest.mark.parametrize("width", [2, 5, 21, 35])
def test_pens_of_any_breadth_are_found(width: int) -> None:
    ink = find_ink(written("shaded", width=width))
    assert ink is not None and not ink.light
    found, true = ink.map > 0.4, strokes(width)
    assert (found & true).sum() / (found | true).sum() > 0.6


def test_ink_that_reaches_the_edges_is_whole() -> None:
    true = strokes(25)
    rows, columns = np.nonzero(true)
    cut = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    ink = find_ink(written("white", width=25)[cut])
    assert ink is not None and not ink.light
    found = ink.map > 0.4
    assert (found & true[cut]).sum() / (found | true[cut]).sum() > 0.85


def test_what_is_known_of_the_ink_is_obeyed() -> None:
    image = written("white")
    for light in (False, True):
        ink = find_ink(image, light)
        assert ink is None or ink.light is light


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_sheet_has_no_ink(level: int) -> None:
    assert find_ink(np.full((90, 120), level, np.uint8)) is None
    grain = level + RNG.normal(0, 1.5, (90, 120))
    assert find_ink(grain.clip(0, 255).astype(np.uint8)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3)], ids=str)
def test_images_without_room_for_ink_are_no_error(shape: tuple[int, int]) -> None:
    find_ink(RNG.integers(0, 256, shape, dtype=np.uint8))


def test_small_ink_on_a_large_sheet_sets_the_contrast() -> None:
    sheet = np.full((1000, 800), 215)
    sheet[300:340, 400:404] = 60
    ink = find_ink(sheet.astype(np.uint8))
    assert ink is not None and not ink.light
    found = ink.map > 0.4
    assert found[300:340, 400:404].mean() > 0.8 and found.sum() < 3 * 160


@pytest.mark.parametrize("light", [False, True], ids=["ink", "chalk"])
@pytest.mark.parametrize("kind", ["white", "shaded", "shadow", "grainy"])
def test_writing_is_told_from_pictures(kind: str, light: bool) -> None:
    ink = find_ink(written(kind, light=light))
    assert ink is not None and ink.is_writing
    soft = cv2.GaussianBlur(RNG.normal(0, 1, (SIDE, SIDE)), (0, 0), 9)
    picture = 128 + 100 * soft / np.abs(soft).max()
    ink = find_ink(picture.astype(np.uint8))
    assert ink is not None and not ink.is_writing
