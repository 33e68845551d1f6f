"""Sheets of people: a row a person, the best faces first, counts and distances beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from ...frame.drawing.colors import BACKGROUND, MUTED, TEXT
from ...frame.drawing.text import Pixels, ellipsize, load_font
from ...frame.storage.images import resize

FACES = 10  # in a row, at most
ROWS = 40  # on a sheet, at most
SIDE, GAP, MARGIN = 112, 10, 24  # pixels: of a face, between faces, around all
LABEL = 220  # pixels: what is written left of the faces
HEAD, NOTE = 64, 20  # pixels: of the title, of the line below a face


@dataclass(frozen=True, eq=False)
class SheetRow:
    """A person on a sheet.

    Parameters:
        title: the name, or a number where nobody has a name.
        notes: lines below it.
        faces: pictures of faces, RGB, with a line below each.
        more: how many faces there are beyond those.
    """

    title: str
    notes: Sequence[str]
    faces: Sequence[tuple[Pixels, str]]
    more: int = 0


def cluster_sheets(rows: Sequence[SheetRow], title: str, subtitle: str) -> Iterator[Pixels]:
    """Pictures of at most 40 rows each; one of a title alone where there are no rows.

    Parameters:
        rows: in order.
        title: above, on each sheet.
        subtitle: a line below the title.
    """
    parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)] or [rows]
    for number, part in enumerate(parts, 1):
        page = f"{title}  ·  sheet {number} of {len(parts)}" if len(parts) > 1 else title
        yield _sheet(part, page, subtitle)


def _sheet(rows: Sequence[SheetRow], title: str, subtitle: str) -> Pixels:
    step = SIDE + NOTE + GAP
    widest = max((len(row.faces) for row in rows), default=0)
    tail = 72 if any(row.more for row in rows) else 0
    width = max(640, 2 * MARGIN + LABEL + widest * (SIDE + GAP) + tail)
    sheet = Image.new("RGB", (width, 2 * MARGIN + HEAD + len(rows) * step), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    room = width - 2 * MARGIN
    for text, size, bold, color, y in (
        (title, 20, True, TEXT, MARGIN + 18),
        (subtitle, 13, False, MUTED, MARGIN + 40),
    ):
        font = load_font(size, bold=bold)
        draw.text((MARGIN, y), ellipsize(text, font, room), color, font, anchor="ls")
    for number, row in enumerate(rows):
        _row(sheet, draw, row, MARGIN + HEAD + number * step)
    return np.array(sheet)


def _row(sheet: Image.Image, draw: ImageDraw.ImageDraw, row: SheetRow, top: int) -> None:
    bold, plain, small = load_font(15, bold=True), load_font(12), load_font(11)
    room = LABEL - 2 * GAP
    draw.text((MARGIN, top + 24), ellipsize(row.title, bold, room), TEXT, bold, anchor="ls")
    for place, note in enumerate(row.notes):
        line = ellipsize(note, plain, room)
        draw.text((MARGIN, top + 46 + 18 * place), line, MUTED, plain, anchor="ls")
    x = MARGIN + LABEL
    for face, note in row.faces:
        sheet.paste(Image.fromarray(resize(face, SIDE, SIDE)), (x, top))
        draw.text((x, top + SIDE + 14), ellipsize(note, small, SIDE), MUTED, small, anchor="ls")
        x += SIDE + GAP
    if row.more:
        draw.text((x + 2, top + SIDE // 2), f"+ {row.more:,}", MUTED, load_font(15), anchor="lm")
