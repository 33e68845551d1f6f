"""Draw text as pixels: a font that is always installed, ellipses, and captions with colors."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from .colors import BACKGROUND, TEXT, Color

Pixels = UInt8[np.ndarray, "height width 3"]
Font = ImageFont.FreeTypeFont
LegendEntry = tuple[Color, str]
"""The color of something in an image, and the text that names it."""


@cache
def load_font(size: int, *, bold: bool = False) -> Font:
    """DejaVu Sans, which comes with matplotlib, `size` pixels high."""
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", name), size)


def ellipsize(text: str, font: Font, width: float) -> str:
    """Cut a text to one line of `width` pixels.

    It ends in … where it is longer, and is empty where not even that fits. What cannot be printed
    becomes a space.

    Parameters:
        text: of any length.
        font: it will be drawn with.
        width: in pixels.
    """
    text = "".join(c if c.isprintable() else " " for c in text).strip()
    if font.getlength(text) <= width:
        return text
    lengths = range(len(text))
    fitting = bisect_right(lengths, width, key=lambda n: font.getlength(text[:n] + "…"))
    return text[: fitting - 1].rstrip() + "…" if fitting else ""


def caption(paragraphs: Sequence[Sequence[LegendEntry]], width: int, size: int) -> Pixels:
    """A strip of text below an image, each entry beside a square of its color.

    The text itself is dark, for in a pale color it could not be read.

    Parameters:
        paragraphs: entries of each, broken into rows where they are too wide.
        width: of the strip in pixels.
        size: of the font in pixels.
    """
    rows = [row for entries in paragraphs for row in _rows(entries, width, size)]
    leading = round(1.5 * size)
    strip = Image.new("RGB", (width, leading * len(rows) + size // 3), BACKGROUND)
    draw = ImageDraw.Draw(strip)
    for number, row in enumerate(rows):
        baseline = leading * (number + 1) - size // 4
        for x, (color, word) in row:
            square = [x, baseline - round(0.7 * size), x + round(0.7 * size) - 1, baseline - 1]
            draw.rectangle(square, color)
            draw.text((x + size, baseline), word, TEXT, load_font(size), anchor="ls")
    return np.array(strip)


def _rows(
    entries: Sequence[LegendEntry], width: int, size: int
) -> Iterator[list[tuple[int, LegendEntry]]]:
    """Break entries into rows no wider than `width`, each entry with its left edge."""
    font = load_font(size)
    cut = [(color, ellipsize(word, font, width - size)) for color, word in entries]
    widths = [round(font.getlength(word)) + size for _, word in cut]
    row, x = [], 0
    for entry, advance in zip(cut, widths):
        if row and x + advance > width:
            yield row
            row, x = [], 0
        row.append((x, entry))
        x += advance + round(0.8 * size)
    if row:
        yield row
