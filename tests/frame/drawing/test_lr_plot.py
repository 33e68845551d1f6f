"""A range test is drawn as a picture, whatever its losses."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.drawing.lr_plot import plot_lr_range
from triptych.frame.errors import ConfigError

RATES = [10.0**exponent for exponent in range(-6, 1)]


@pytest.mark.parametrize("losses", [[3, 3, 3, 2, 1, 1, 40], [2.0] * 7], ids=["diverges", "flat"])
def test_it_is_drawn(tmp_path: Path, losses: list[float]):
    plot_lr_range(RATES, losses, np.array(losses, float), 4, 1e-3, tmp_path / "range.png")
    with Image.open(tmp_path / "range.png") as picture:
        colors = {color for _, color in picture.convert("RGB").getcolors(2**20)}
    assert {(0, 114, 178), (213, 94, 0)} <= colors  # the average, and the rate that is taken


def test_another_ending_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"\.png or \.svg"):
        plot_lr_range(RATES, [1.0] * 7, np.ones(7), 0, 1e-3, tmp_path / "range.gif")
