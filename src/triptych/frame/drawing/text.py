"""Words in pixels: a font that is always there, cut to fit, in rows beside their colours."""

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
"""A word, and the colour of what it speaks of in the picture."""


@cache
def load_font(size: int, *, bold: bool = False) -> Font:
    """DejaVu Sans, which matplotlib brings along, `size` pixels high."""
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", name), size)


def ellipsize(text: str, font: Font, width: float) -> str:
    """The text on one line, ending in … where it is longer than `width` pixels; nothing where
    not even that fits."""
    text = "".join(c if c.isprintable() else " " for c in text).strip()
    if font.getlength(text) <= width:
        return text
    lengths = range(len(text))
    fitting = bisect_right(lengths, width, key=lambda n: font.getlength(text[:n] + "…"))
    return text[: fitting - 1].rstrip() + "…" if fitting else ""


def caption(paragraphs: Sequence[Sequence[LegendEntry]], width: int, size: int) -> Pixels:
    """A strip of `width` pixels with the chips of each paragraph in rows: a square of the chip's
    colour, then its word in ink, for a word in a pale colour could not be read."""
    rows = [row for chips in paragraphs for row in _rows(chips, width, size)]
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
    chips: Sequence[LegendEntry], width: int, size: int
) -> Iterator[list[tuple[int, LegendEntry]]]:
    """The chips broken into rows no wider than `width`, each with its left edge."""
    body = load_font(size)
    fit = [(colour, ellipsize(word, body, width - size)) for colour, word in chips]
    ends = [round(body.getlength(word)) + size for _, word in fit]
    row, x = [], 0
    for chip, advance in zip(fit, ends):
        if row and x + advance > width:
            yield row
            row, x = [], 0
        row.append((x, chip))
        x += advance + round(0.8 * size)
    if row:
        yield row
