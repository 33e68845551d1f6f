"""A sheet of images side by side, each with a note below."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from ..storage.images import RGBImage, resize
from .colors import BACKGROUND, MUTED, TEXT, Color
from .text import LegendEntry, caption, ellipsize, load_font, wrap

MAX_CELL_SIDE = 512  # pixels: larger images are shrunk until their longer side has as many
GAP, NOTE_HEIGHT, TITLE_HEIGHT = 20, 20, 48  # pixels
TITLE_SIZE, SUBTITLE_SIZE, LEGEND_SIZE = 20, 13, 13  # pixels: of the fonts
TITLE_LEADING = 26  # pixels from one line of a title to the next
MARGIN_OF_LINES = 8  # pixels below the lines of the title
FRAME = 4  # pixels: width of the frame around a marked image


def contact_sheet(
    pictures: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    *,
    columns: int | None = None,
    title: str = "",
    subtitle: Sequence[str] = (),
    legend: Sequence[LegendEntry] = (),
    frames: Sequence[Color | None] = (),
    notes: Sequence[str] | None = None,
) -> RGBImage:
    """Images side by side on a light background, row by row, each with its note below.

    Parameters:
        pictures: RGB, of any sizes; longer sides above 512 pixels are shrunk to that.
        columns: by default as many as make the sheet a little wider than high, and its last row as
            full as can be.
        title: above, broken into lines where the sheet is narrow.
        subtitle: lesser parts below the title, with a dot between them, broken into lines.
        legend: what colors and lines mean, below that.
        frames: a color for each image that is to have a frame, None for the others; fewer leave the
            last ones without.
        notes: a line for each image; fewer leave the last ones without.
    """
    cells = [_shrink(picture) for picture in pictures]
    columns = columns or _columns(len(cells))
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    width = max((cell.shape[1] for cell in cells), default=MAX_CELL_SIDE)
    sheet_width = GAP + columns * (width + GAP)
    head = _head(title, subtitle, legend, sheet_width - 2 * GAP)
    note_height = NOTE_HEIGHT if notes else 0
    heights = [max(cell.shape[0] for cell in row) + note_height for row in rows]
    size = (sheet_width, GAP + head.height + sum(heights) + GAP * len(rows))
    sheet = Image.new("RGB", size, BACKGROUND)
    sheet.paste(head, (GAP, GAP))
    draw = ImageDraw.Draw(sheet)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        x, y = GAP + column * (width + GAP), GAP + head.height + sum(heights[:row]) + GAP * row
        if color := frames[number] if number < len(frames) else None:
            around = [x - FRAME - 2, y - FRAME - 2, x + cell.shape[1] + FRAME + 1]
            draw.rectangle([*around, y + cell.shape[0] + FRAME + 1], None, color, FRAME)
        sheet.paste(Image.fromarray(cell), (x, y))
        if notes and number < len(notes):
            line = ellipsize(notes[number], load_font(12), width)
            draw.text((x, y + cell.shape[0] + 16), line, MUTED, load_font(12), anchor="ls")
    return np.array(sheet)


def _head(
    title: str, subtitle: Sequence[str], legend: Sequence[LegendEntry], width: int
) -> Image.Image:
    """Title, subtitle and legend one below the other."""
    bold = load_font(TITLE_SIZE, bold=True)
    titles = wrap(title.split(), bold, width, separator=" ")
    lines = wrap(subtitle, load_font(SUBTITLE_SIZE), width)
    strip = caption([legend], width, LEGEND_SIZE) if legend else None
    leading = round(1.5 * SUBTITLE_SIZE)
    heights = [
        TITLE_HEIGHT + TITLE_LEADING * (len(titles) - 1) if titles else 0,
        leading * len(lines),
        0 if strip is None else len(strip),
        MARGIN_OF_LINES if lines or legend else 0,
    ]
    head = Image.new("RGB", (width, sum(heights)), BACKGROUND)
    draw, top = ImageDraw.Draw(head), heights[0]
    for number, line in enumerate(titles):
        draw.text((0, TITLE_SIZE + TITLE_LEADING * number), line, TEXT, bold, anchor="ls")
    if lines or legend:  # nearer to the title than the images are
        top -= 14
    for number, line in enumerate(lines):
        baseline = top + leading * number + SUBTITLE_SIZE
        draw.text((0, baseline), line, MUTED, load_font(SUBTITLE_SIZE), anchor="ls")
    if strip is not None:
        head.paste(Image.fromarray(strip), (0, top + heights[1] + 2))
    return head


def _columns(count: int) -> int:
    """As many columns as leave the fewest holes, of those between square and twice as wide."""
    possible = range(math.isqrt(max(count - 1, 0)) + 1, math.isqrt(2 * count) + 2)
    return min(possible, key=lambda columns: -count % columns, default=1)


def _shrink(picture: RGBImage) -> UInt8[np.ndarray, "shrunk_height shrunk_width 3"]:
    height, width = picture.shape[:2]
    scale = min(1, MAX_CELL_SIDE / max(height, width))
    return resize(picture, max(1, round(height * scale)), max(1, round(width * scale)))
