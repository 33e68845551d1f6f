"""Characters lie in the canvas as MNIST's do: 20 of 28 pixels, centered by mass, not thin."""

import cv2
import numpy as np
import pytest

from triptych.multitask.preprocessing.fitting import fit_character, stroke_width


def ring(width: int) -> np.ndarray:
    image = np.zeros((200, 200), np.uint8)
    cv2.ellipse(image, (110, 90), (40, 60), 0, 0, 360, 1, width)
    return image


def fitted(width: int, level: float = 1.0):
    image = ring(width)
    rows, columns = np.nonzero(image)
    box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    mask = image[box[1] : box[3], box[0] : box[2]] > 0
    ink = image.astype(np.float32) * level
    return fit_character(ink, mask, (int(box[0]), int(box[1])), (28, 28)), box


@pytest.mark.parametrize("width", [3, 13, 25])
def test_the_longer_side_is_twenty_pixels_and_the_mass_in_the_middle(width: int) -> None:
    fit, _ = fitted(width)
    rows, columns = np.nonzero(fit.canvas > 60)
    assert rows.max() - rows.min() + 1 == pytest.approx(20, abs=2)
    mass = fit.canvas / fit.canvas.sum()
    assert (mass.sum(0) * (np.arange(28) + 0.5)).sum() == pytest.approx(14, abs=0.6)
    assert (mass.sum(1) * (np.arange(28) + 0.5)).sum() == pytest.approx(14, abs=0.6)
    assert columns.min() > 4 and columns.max() < 23


def test_thin_pens_are_thickened_and_broad_ones_left() -> None:
    seen = {width: (fitted(width)[0].canvas > 127).sum() for width in (2, 13, 25)}
    assert seen[2] > 0.8 * seen[13] and seen[25] > 1.3 * seen[13]


def test_faint_ink_becomes_white() -> None:
    assert np.abs(fitted(13, 0.4)[0].canvas.astype(int) - fitted(13)[0].canvas).max() <= 1


def test_the_way_back_leads_to_the_strokes() -> None:
    fit, box = fitted(13)
    rows, columns = np.nonzero(fit.canvas > 127)
    edges = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    back = (edges - [fit.left, fit.top] * 2) / fit.scale
    assert back == pytest.approx(box, abs=0.7 / fit.scale)


@pytest.mark.parametrize("width", [5, 11, 21])
def test_the_breadth_of_a_pen_is_measured(width: int) -> None:
    line = np.zeros((100, 100), np.uint8)
    line[20:80, 40 : 40 + width] = 1
    assert stroke_width(line) == pytest.approx(width, abs=1.6)
    assert stroke_width(np.zeros((9, 9), np.uint8)) == 0
