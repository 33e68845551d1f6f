"""Draw text as pixels: a font that is always installed, ellipses, and captions with colors."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from .colors import BACKGROUND, TEXT, Color, text_on

Pixels = UInt8[np.ndarray, "height width 3"]
Font = ImageFont.FreeTypeFont
Marker = Literal["filled", "hollow", "cross", "line", "dashes"]
"""What stands beside a text: a square, its outline, a cross, a line or a dashed one."""


class LegendEntry(NamedTuple):
    """The color of something in an image, and the text that names it.

    Parameters:
        color: of the marker.
        text: beside the marker.
        marker: its shape.
    """

    color: Color
    text: str
    marker: Marker = "filled"


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


def wrap(parts: Sequence[str], font: Font, width: float, *, separator: str = "  ·  ") -> list[str]:
    """Parts of a line put together, with a dot between them, in as few lines as hold them.

    Parameters:
        parts: none of which is broken; one that is wider than the line is cut with ….
        font: they will be drawn with.
        width: of a line in pixels.
        separator: between parts, where another than the dot is wanted.
    """
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{separator}{part}" if lines else part
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(ellipsize(part, font, width))
    return lines


def caption(
    paragraphs: Sequence[Sequence[LegendEntry | tuple[Color, str]]], width: int, size: int
) -> Pixels:
    """A strip of text below an image, each entry beside a marker of its color.

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
        for x, entry in row:
            _mark(draw, entry, x, baseline, size)
            x += _marker_width(entry, size)
            draw.text((x, baseline), entry.text, TEXT, load_font(size), anchor="ls")
    return np.array(strip)


def write_tag(canvas: Pixels, entry: LegendEntry, place: tuple[float, float], size: int) -> Pixels:
    """A canvas with a text on a patch of its color, as near to a place as it fits.

    Parameters:
        canvas: RGB; it is not changed.
        entry: color and text.
        place: left and bottom of the patch in pixels of the canvas.
        size: of the font in pixels.
    """
    height, width = canvas.shape[:2]
    font = load_font(size, bold=True)
    text = ellipsize(entry.text, font, width - size)
    across, down = round(font.getlength(text)) + round(0.7 * size), round(1.35 * size)
    x = round(min(max(place[0], 0), max(width - across, 0)))
    y = round(min(max(place[1] - down, 0), max(height - down, 0)))
    image = Image.fromarray(canvas)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([x, y, x + across - 1, y + down - 1], size // 5, entry.color)
    baseline = y + down - round(0.33 * size)
    draw.text((x + 0.35 * size, baseline), text, text_on(entry.color), font, anchor="ls")
    return np.array(image)


def _mark(draw: ImageDraw.ImageDraw, entry: LegendEntry, x: int, baseline: int, size: int) -> None:
    """Draw the marker of an entry."""
    side, thick = round(0.7 * size), max(2, round(0.16 * size))
    square = [x, baseline - side, x + side - 1, baseline - 1]
    if entry.marker == "filled":
        draw.rectangle(square, entry.color)
    elif entry.marker == "hollow":
        draw.rectangle(square, outline=entry.color, width=thick)
    elif entry.marker == "cross":
        for start, stop in ((0, side - 1), (side - 1, 0)):
            ends = x + start, baseline - side, x + stop, baseline - 1
            draw.line(ends, entry.color, thick)
    elif entry.marker in ("line", "dashes"):
        top, length = baseline - side // 2 - thick // 2 - 1, _marker_width(entry, size) - size // 3
        pieces = [(0.0, 1.0)] if entry.marker == "line" else [(0, 0.24), (0.38, 0.62), (0.76, 1)]
        for start, stop in pieces:
            ends = x + round(start * length), x + round(stop * length) - 1
            draw.rectangle([ends[0], top, ends[1], top + thick - 1], entry.color)


def _marker_width(entry: LegendEntry, size: int) -> int:
    """How far right of the marker's left edge the text begins."""
    widths = {"line": round(1.9 * size), "dashes": round(2.4 * size)}
    return widths.get(entry.marker, size)


def _rows(
    entries: Sequence[LegendEntry | tuple[Color, str]], width: int, size: int
) -> Iterator[list[tuple[int, LegendEntry]]]:
    """Break entries into rows no wider than `width`, each entry with its left edge."""
    font = load_font(size)
    row: list[tuple[int, LegendEntry]] = []
    x = 0
    for each in entries:
        entry = each if isinstance(each, LegendEntry) else LegendEntry(each[0], each[1])
        before = _marker_width(entry, size)
        entry = entry._replace(text=ellipsize(entry.text, font, width - before))
        advance = round(font.getlength(entry.text)) + before
        if row and x + advance > width:
            yield row
            row, x = [], 0
        row.append((x, entry))
        x += advance + round(0.8 * size)
    if row:
        yield row
