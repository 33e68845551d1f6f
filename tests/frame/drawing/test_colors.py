"""Colors are told apart by every eye, and read on both themes."""

import math
from itertools import combinations

import numpy as np
import pytest

from triptych.frame.drawing.colors import (
    DARK,
    GROUND_TRUTH,
    LIGHT,
    PALETTE,
    PREDICTION,
    Color,
    Theme,
    to_hex,
)

# what is seen without red, green or blue cones: Machado et al. 2009, severity 1, linear RGB
BLIND = {
    "red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def linear(color: Color) -> np.ndarray:
    share = np.array(color) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(color: Color) -> float:
    """Relative luminance after WCAG 2."""
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_colors_of_the_palette_are_twelve_and_far_apart():
    assert len(PALETTE) == 12
    assert min(math.dist(a, b) for a, b in combinations(PALETTE, 2)) > 45


@pytest.mark.parametrize("cones", BLIND)
def test_truth_and_prediction_stay_apart_without_some_cones(cones: str):
    one, other = (np.array(BLIND[cones]) @ linear(color) for color in (GROUND_TRUTH, PREDICTION))
    assert np.abs(one - other).max() > 0.25


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_read_on_its_background(theme: Theme):
    assert contrast(theme.text, theme.background) > 7  # WCAG's AAA
    assert contrast(theme.muted, theme.background) > 4  # small text in lesser matters
    assert min(contrast(c, theme.background) for c in (GROUND_TRUTH, PREDICTION)) > 2.5


def test_a_color_is_written_with_six_digits():
    assert to_hex((0, 10, 255)) == "#000aff"
