"""A sheet of images side by side, each with a note below."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from ..storage.images import RGBImage, resize
from .colors import BACKGROUND, MUTED, TEXT
from .text import ellipsize, load_font

MAX_CELL_SIDE = 512  # pixels: larger images are shrunk until their longer side has as many
GAP, NOTE_HEIGHT, TITLE_HEIGHT = 20, 20, 48  # pixels


def contact_sheet(
    pictures: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    *,
    columns: int | None = None,
    title: str = "",
    notes: Sequence[str] | None = None,
) -> RGBImage:
    """Images side by side on a light background, row by row, each with its note below.

    Parameters:
        pictures: RGB, of any sizes; longer sides above 512 pixels are shrunk to that.
        columns: by default as many as make the sheet a little wider than high, and its last row as
            full as can be.
        title: a line above.
        notes: a line for each image; fewer leave the last ones without.
    """
    cells = [_shrink(picture) for picture in pictures]
    columns = columns or _columns(len(cells))
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    width = max((cell.shape[1] for cell in cells), default=MAX_CELL_SIDE)
    note_height, title_height = NOTE_HEIGHT if notes else 0, TITLE_HEIGHT if title else 0
    heights = [max(cell.shape[0] for cell in row) + note_height for row in rows]
    size = (GAP + columns * (width + GAP), GAP + title_height + sum(heights) + GAP * len(rows))
    sheet = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    bold = load_font(20, bold=True)
    draw.text((GAP, GAP + 20), ellipsize(title, bold, size[0] - 2 * GAP), TEXT, bold, anchor="ls")
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        x, y = GAP + column * (width + GAP), GAP + title_height + sum(heights[:row]) + GAP * row
        sheet.paste(Image.fromarray(cell), (x, y))
        if notes and number < len(notes):
            line = ellipsize(notes[number], load_font(12), width)
            draw.text((x, y + cell.shape[0] + 16), line, MUTED, load_font(12), anchor="ls")
    return np.array(sheet)


def _columns(count: int) -> int:
    """As many columns as leave the fewest holes, of those between square and twice as wide."""
    possible = range(math.isqrt(max(count - 1, 0)) + 1, math.isqrt(2 * count) + 2)
    return min(possible, key=lambda columns: -count % columns, default=1)


def _shrink(picture: RGBImage) -> UInt8[np.ndarray, "shrunk_height shrunk_width 3"]:
    height, width = picture.shape[:2]
    scale = min(1, MAX_CELL_SIDE / max(height, width))
    return resize(picture, max(1, round(height * scale)), max(1, round(width * scale)))
