"""Draw boxes, circles, masks and class maps onto an image, and text below it."""

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from jaxtyping import Bool, Float, Integer, UInt8

from .colors import GROUND_TRUTH, PALETTE, PREDICTION, Color, class_color
from .outlines import Outline, Rectangle, box_outline, circle_outline, line_outline, mask_outline
from .pen import Pen
from .text import LegendEntry, Pixels, caption, write_tag

__all__ = ["GROUND_TRUTH", "PALETTE", "PREDICTION", "Color", "ImageCanvas", "Pen"]

MIN_CANVAS_SIDE = 160  # pixels: smaller images are enlarged until their longer side has as many
MAX_COORDINATE = 1e9  # pixels: what is farther away is not drawn
FRINGE, FRINGE_OPACITY = (0, 0, 0), 0.25  # sets a line off from a background of its own color
MASK_OPACITY, MAP_OPACITY = 0.2, 0.35


class ImageCanvas:
    """An image to draw on, enlarged by a whole factor so that its pixels can be seen.

    All coordinates are in pixels of the image, x right and y down; pixel i covers i to i + 1. They
    may lie outside the image. What has no place (NaN, infinite) or no area is not drawn.
    """

    pen: Pen
    """How it draws; set another one at any time."""

    def __init__(self, image: UInt8[np.ndarray, "height width channels"], zoom: int | None = None):
        """
        Parameters:
            image: grey or RGB, 0 … 255; it is not changed.
            zoom: canvas pixels per pixel; by default 6 for 28 pixels, 2 for 144, 1 for photos.
        """
        self.pen = Pen()
        self.zoom = zoom or math.ceil(MIN_CANVAS_SIDE / max(image.shape[:2]))
        enlarged = image.repeat(self.zoom, 0).repeat(self.zoom, 1)
        self._canvas = enlarged.repeat(3, 2) if image.shape[2] == 1 else enlarged
        height, width = self._canvas.shape[:2]
        # an even width, so that a line along a pixel border is sharp
        self._line = 2 * max(1, round(0.0025 * math.sqrt(height * width)))
        self._caption: list[list[LegendEntry]] = []
        self._tags: list[tuple[float, float, LegendEntry]] = []

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        color: Color | None = None,
    ) -> None:
        """Outline a box; the line is centered on its border.

        Parameters:
            left, top, right, bottom: edges in pixels of the image, y down; they may lie outside.
            color: of the line; by default the pen's.
        """
        sides = left, top, right, bottom = [side * self.zoom for side in (left, top, right, bottom)]
        if _is_finite(*sides) and left < right and top < bottom:
            self._outline(box_outline((left, top, right, bottom), self._line), color)

    def circle(self, x: float, y: float, radius: float, *, color: Color | None = None) -> None:
        """Outline a circle around (x, y); the line is centered on its border.

        Parameters:
            x: of the center in pixels.
            y: of the center in pixels, down.
            radius: in pixels.
            color: of the line; by default the pen's.
        """
        center_x, center_y, r = (value * self.zoom for value in (x, y, radius))
        if _is_finite(center_x, center_y, r) and radius > 0:
            self._outline(circle_outline(center_x, center_y, r, self._line), color)

    def line(self, corners: Float[np.ndarray, "corners 2"], *, color: Color | None = None) -> None:
        """Draw a line from corner to corner; a closed one ends with the corner it begins with.

        Parameters:
            corners: (x, y) in pixels of the image, two or more.
            color: of the line; by default the pen's.
        """
        scaled = np.asarray(corners, float) * self.zoom
        if _is_finite(*scaled.ravel().tolist()):
            self._outline(line_outline(scaled, self._line), color)

    def mask(self, mask: Bool[np.ndarray, "height width"], *, color: Color | None = None) -> None:
        """Tint a mask's pixels lightly, with a line along its border, on the inside.

        Parameters:
            mask: of the image's size.
            color: of the tint and the line; by default the pen's.
        """
        self._region(mask, color or self.pen.color, MASK_OPACITY)

    def semantic_map(
        self, classes: Integer[np.ndarray, "height width"], names: Sequence[str]
    ) -> None:
        """Tint each class in its color, and name those that appear in the caption.

        Parameters:
            classes: a class number per pixel; 0 is the background and left as it is.
            names: of all classes by number; one without a name is called by its number.
        """
        present = [int(number) for number in np.unique(classes) if number]
        for number in present:
            self._region(classes == number, class_color(number), MAP_OPACITY)
        if not self.pen.silent:
            self.legend([LegendEntry(class_color(n), _class_name(n, names)) for n in present])

    def text(self, text: str, *, color: Color | None = None) -> None:
        """Add a line of text below the image, beside a square of the color.

        It is cut with … where it is wider than the image. Where the pen has a place, it is written
        there, on the color.

        Parameters:
            text: one line.
            color: of the square beside it; by default the pen's.
        """
        pen = self.pen
        if pen.silent:
            return
        if pen.place and _is_finite(*pen.place):
            x, y = (value * self.zoom for value in pen.place)
            self._tags.append((x, y, LegendEntry(color or pen.color, text)))
        else:
            said = f"{pen.name} {text}".strip()
            self.legend([LegendEntry(color or pen.color, said, pen.marker)])

    def legend(self, entries: Sequence[LegendEntry]) -> None:
        """Add a row of entries below the image, or to the last one where the pen goes on there; it
        is broken where it is wider than the image.

        Parameters:
            entries: from left to right.
        """
        if self.pen.same_row and self._caption:
            self._caption[-1].extend(entries)
        else:
            self._caption.append([*entries])

    @property
    def pixels(self) -> Pixels:
        """The finished picture with its caption, RGB."""
        canvas = self._canvas.copy()
        height, width = canvas.shape[:2]
        # as large in a photograph of 12 megapixels as in a digit, where both are shown as wide
        size = max(9 + width // 72, min(max(height, width) // 50, width // 14))
        for x, y, tag in self._tags:
            canvas = write_tag(canvas, tag, (x, y - self._line), size)
        if not any(self._caption):
            return canvas
        indent = min(size // 2, width // 8)
        strip = caption(self._caption, width - indent, size)
        margin = np.broadcast_to(strip[:1, :1], (len(strip), indent, 3))
        return np.concatenate([canvas, np.concatenate([margin, strip], 1)])

    def _outline(self, outline: Outline, color: Color | None) -> None:
        """Draw an antialiased line with a dark fringe, with gaps where the pen draws the truth."""
        reach = self._line + 1
        outer, inner = _grown(outline.outer, reach), _grown(outline.inner, -reach)
        for rows, columns in self._windows(outer, inner):
            x = np.arange(columns.start, columns.stop)[None] + 0.5
            y = np.arange(rows.start, rows.stop)[:, None] + 0.5
            beyond = np.abs(outline.distance(x, y)) - self._line / 2
            drawn = outline.dashes(x, y) if self.pen.ground_truth else 1.0
            drawn = drawn * self.pen.opacity
            fringe = np.clip(self._line / 2 + 0.5 - beyond, 0, 1) * FRINGE_OPACITY * drawn
            window = self._canvas[rows, columns]
            _blend(window, fringe, FRINGE)
            _blend(window, np.clip(0.5 - beyond, 0, 1) * drawn, color or self.pen.color)

    def _windows(self, outer: Rectangle, hole: Rectangle) -> Iterator[tuple[slice, slice]]:
        """Rows and columns of disjoint windows: all of the canvas in `outer` that is not in `hole`.

        They cover a little more where the sides are between pixels.
        """
        height, width = self._canvas.shape[:2]
        left, right = _clipped(math.floor(outer[0]), math.ceil(outer[2]), 0, width)
        top, bottom = _clipped(math.floor(outer[1]), math.ceil(outer[3]), 0, height)
        hole_left, hole_right = _clipped(math.ceil(hole[0]), math.floor(hole[2]), left, right)
        hole_top, hole_bottom = _clipped(math.ceil(hole[1]), math.floor(hole[3]), top, bottom)
        yield slice(top, hole_top), slice(left, right)
        yield slice(hole_bottom, bottom), slice(left, right)
        yield slice(hole_top, hole_bottom), slice(left, hole_left)
        yield slice(hole_top, hole_bottom), slice(hole_right, right)

    def _region(self, mask: Bool[np.ndarray, "height width"], color: Color, opacity: float) -> None:
        """Tint a mask's pixels; those within a line's width of its border are of the color."""
        left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
        edge = -(-self._line // self.zoom)  # pixels around it: the erosion reaches so far
        rows = slice(max(top - edge, 0), top + height + edge)
        columns = slice(max(left - edge, 0), left + width + edge)
        covered = mask[rows, columns].astype(np.uint8).repeat(self.zoom, 0).repeat(self.zoom, 1)
        if not covered.any():
            return
        line = mask_outline(covered, max(self._line // 2, 2), dashed=self.pen.ground_truth)
        window = self._canvas[
            rows.start * self.zoom : rows.start * self.zoom + covered.shape[0],
            columns.start * self.zoom : columns.start * self.zoom + covered.shape[1],
        ]
        if self.pen.tint:
            values = np.arange(256)[:, None] * (1 - opacity) + np.array(color) * opacity
            tinted = cv2.LUT(window, np.rint(values).astype(np.uint8)[None])
            np.copyto(window, tinted, where=covered[..., None] > 0)
        window[line] = color


def _blend(window: Pixels, opacity: Float[np.ndarray, "height width"], color: Color) -> None:
    """Lay a color on a window of a canvas, 0 … 1 of it at each pixel, in place."""
    there = opacity > 0
    share = opacity[there][:, None]
    blended = window[there] * (1 - share) + np.array(color) * share
    window[there] = np.rint(blended).astype(np.uint8)


def _grown(rectangle: Rectangle, by: float) -> Rectangle:
    left, top, right, bottom = rectangle
    return left - by, top - by, right + by, bottom + by


def _clipped(start: int, stop: int, low: int, high: int) -> tuple[int, int]:
    """A range within another; an empty one stands at the other's start."""
    start, stop = max(start, low), min(stop, high)
    return (start, stop) if start < stop else (low, low)


def _class_name(number: int, names: Sequence[str]) -> str:
    return names[number] if 0 <= number < len(names) else str(number)


def _is_finite(*values: float) -> bool:
    """Whether they are coordinates: NaN, for one, is not."""
    return all(abs(value) < MAX_COORDINATE for value in values)
