"""Figures: their size, their ground, and the files they become."""

from pathlib import Path

import pytest

from triptych.frame.drawing.colors import DARK, LIGHT, Theme
from triptych.frame.drawing.figures import figure, save, style_axes, to_bytes
from triptych.frame.errors import ConfigError, WriteError
from triptych.frame.storage import images


@pytest.mark.parametrize("paper", [LIGHT, DARK])
def test_a_figure_is_as_large_as_asked_and_on_its_paper(paper: Theme):
    drawn = figure(2, 1, paper)
    style_axes(drawn.add_subplot(), paper)
    pixels = images.read(to_bytes(drawn, ".png"))
    assert pixels.shape == (150, 300, 3)
    assert tuple(pixels[0, 0]) == tuple(pixels[75, 200]) == paper.background


def test_the_same_figure_is_the_same_bytes():
    for ending in (".png", ".svg"):
        first, second = (to_bytes(figure(1, 1), ending) for _ in range(2))
        assert first == second


def test_a_figure_is_saved_by_its_ending_or_refused(tmp_path: Path):
    save(figure(1, 1), tmp_path / "a.SVG")
    assert b"<svg" in (tmp_path / "a.SVG").read_bytes()
    with pytest.raises(ConfigError, match=r"\.png or \.svg, got .*a\.gif"):
        save(figure(1, 1), tmp_path / "a.gif")
    with pytest.raises(WriteError):
        save(figure(1, 1), tmp_path / "nowhere" / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.SVG"]
