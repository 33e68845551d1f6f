"""Boxes, circles, masks and maps drawn onto a picture, words below it, and sheets of pictures."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Bool, Float, Integer, UInt8
from PIL import Image, ImageDraw

from ..storage.images import resize
from .colors import BACKGROUND, GROUND_TRUTH, MUTED, PALETTE, PREDICTION, TEXT, Color
from .text import LegendEntry, Pixels, caption, ellipsize, load_font

__all__ = ["GROUND_TRUTH", "PALETTE", "PREDICTION", "Color", "ImageCanvas", "contact_sheet"]

MIN_CANVAS_SIDE = (
    160  # canvas pixels: smaller pictures are enlarged until their longer side has as many
)
MAX_COORDINATE = 1e9  # pixels: no place
MAX_CELL_SIDE = 512  # pixels: pictures are shrunk to this side in a sheet


class ImageCanvas:
    """An image to draw on, enlarged by a whole factor so that its pixels can be seen.

    All places are in pixels of the image, y down, pixel i covering i to i + 1, and may lie
    outside it. What has no place (NaN, infinite) or no area is not drawn.
    """

    def __init__(self, image: UInt8[np.ndarray, "height width channels"], zoom: int | None = None):
        """`image` is grey or RGB. Without `zoom`, 28 pixels become 168, 144 become 288, and
        photographs stay."""
        self.zoom = zoom or math.ceil(MIN_CANVAS_SIDE / max(image.shape[:2]))
        enlarged = image.repeat(self.zoom, 0).repeat(self.zoom, 1)
        self._canvas = enlarged.repeat(3, 2) if image.shape[2] == 1 else enlarged
        height, width = self._canvas.shape[:2]
        # an even width, so that a line along a pixel border is sharp
        self._line = 2 * max(1, round(0.0025 * math.sqrt(height * width)))
        self._caption: list[list[LegendEntry]] = []

    def box(
        self, left: float, top: float, right: float, bottom: float, *, color: Color = PREDICTION
    ) -> None:
        """The outline of a box; its line is centred on the border."""
        x, y = self._grid()
        sides = [side * self.zoom for side in (left, top, right, bottom)]
        if not _is_finite(*sides) or right <= left or bottom <= top:
            return
        across = np.abs(x - (sides[0] + sides[2]) / 2) - (sides[2] - sides[0]) / 2
        down = np.abs(y - (sides[1] + sides[3]) / 2) - (sides[3] - sides[1]) / 2
        outside = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
        self._outline(outside + np.minimum(np.maximum(across, down), 0), color)

    def circle(self, x: float, y: float, radius: float, *, color: Color = PREDICTION) -> None:
        """The outline of a circle; its line is centred on the rim."""
        place = [value * self.zoom for value in (x, y, radius)]
        if not _is_finite(*place) or radius <= 0:
            return
        columns, rows = self._grid()
        self._outline(np.hypot(columns - place[0], rows - place[1]) - place[2], color)

    def mask(self, mask: Bool[np.ndarray, "height width"], *, color: Color = PREDICTION) -> None:
        """The mask's pixels tinted, and a line along their border, on the inside."""
        self._region(mask, color, tint=0.4)

    def semantic_map(
        self, classes: Integer[np.ndarray, "height width"], names: Sequence[str]
    ) -> None:
        """Each class tinted in its colour and named in the caption; 0, the background, is left
        as it is. A number without a name is called by its number."""
        found = [int(number) for number in np.unique(classes) if number]
        for number in found:
            self._region(classes == number, _class_color(number), tint=0.55)
        self._caption.append(
            [(_class_color(number), _class_name(number, names)) for number in found]
        )

    def text(self, text: str, *, color: Color = PREDICTION) -> None:
        """A line of text below the picture, beside a square of the colour; cut with … where it
        is wider than the picture."""
        self._caption.append([(color, text)])

    @property
    def pixels(self) -> Pixels:
        """The finished picture with its caption."""
        if not any(self._caption):
            return self._canvas.copy()
        width = self._canvas.shape[1]
        return np.concatenate([self._canvas, caption(self._caption, width, 9 + width // 72)])

    def _grid(self) -> tuple[Float[np.ndarray, "1 width"], Float[np.ndarray, "height 1"]]:
        """Where the middles of the canvas's pixels are."""
        height, width = self._canvas.shape[:2]
        return np.arange(width)[None] + 0.5, np.arange(height)[:, None] + 0.5

    def _outline(self, distance: Float[np.ndarray, "height width"], color: Color) -> None:
        """A line where the distance, in canvas pixels, is zero: antialiased, with a dark fringe
        that sets it off from a ground of its own colour."""
        beyond = np.abs(distance) - self._line / 2
        self._paint(np.clip(self._line / 2 + 0.5 - beyond, 0, 1) * 0.25, (0, 0, 0))
        self._paint(np.clip(0.5 - beyond, 0, 1), color)

    def _region(self, mask: Bool[np.ndarray, "height width"], color: Color, *, tint: float) -> None:
        large = mask.astype(np.uint8).repeat(self.zoom, 0).repeat(self.zoom, 1)
        reach = 2 * self._line + 1
        inner = cv2.erode(large, np.ones((reach, reach), np.uint8))
        self._paint(np.where(inner, tint, large), color)

    def _paint(self, opacity: Float[np.ndarray, "height width"], color: Color) -> None:
        """Lay a colour on the canvas, 0 … 1 of it at each pixel."""
        there = opacity > 0
        share = opacity[there][:, None]
        blended = self._canvas[there] * (1 - share) + np.array(color) * share
        self._canvas[there] = np.rint(blended).astype(np.uint8)


def contact_sheet(
    pictures: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    *,
    columns: int | None = None,
    title: str = "",
    notes: Sequence[str] | None = None,
) -> Pixels:
    """Pictures side by side on a light ground, row by row, each with its note below.

    Pictures larger than 512 pixels are shrunk to that. Without `columns`, the sheet is a little
    wider than high and its last row as full as can be.
    """
    cells = [_shrink(picture) for picture in pictures]
    columns = columns or _columns(len(cells))
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    width = max((cell.shape[1] for cell in cells), default=MAX_CELL_SIDE)
    gap, note, head = 20, 20 if notes else 0, 48 if title else 0
    heights = [max(cell.shape[0] for cell in row) + note for row in rows]
    size = (gap + columns * (width + gap), gap + head + sum(heights) + gap * len(rows))
    paper = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(paper)
    bold = load_font(20, bold=True)
    draw.text((gap, gap + 20), ellipsize(title, bold, size[0] - 2 * gap), TEXT, bold, anchor="ls")
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        x, y = gap + column * (width + gap), gap + head + sum(heights[:row]) + gap * row
        paper.paste(Image.fromarray(cell), (x, y))
        if notes and number < len(notes):
            line = ellipsize(notes[number], load_font(12), width)
            draw.text((x, y + cell.shape[0] + 16), line, MUTED, load_font(12), anchor="ls")
    return np.array(paper)


def _columns(count: int) -> int:
    """As many columns as leave the fewest holes, of those between square and twice as wide."""
    possible = range(math.isqrt(max(count - 1, 0)) + 1, math.isqrt(2 * count) + 2)
    return min(possible, key=lambda columns: -count % columns, default=1)


def _shrink(picture: Pixels) -> UInt8[np.ndarray, "shrunk_height shrunk_width 3"]:
    height, width = picture.shape[:2]
    scale = min(1, MAX_CELL_SIDE / max(height, width))
    return resize(picture, max(1, round(height * scale)), max(1, round(width * scale)))


def _class_color(number: int) -> Color:
    return PALETTE[(number - 1) % len(PALETTE)]


def _class_name(number: int, names: Sequence[str]) -> str:
    return names[number] if 0 <= number < len(names) else str(number)


def _is_finite(*values: float) -> bool:
    """Whether they are places: NaN, for one, is not."""
    return all(abs(value) < MAX_COORDINATE for value in values)
