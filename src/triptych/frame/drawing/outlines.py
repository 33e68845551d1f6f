"""Outlines of shapes on a canvas: how far a pixel is from one, and where along it a dash is."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

DASH = 5  # widths of the line from the start of a dash to the next
INKED = 0.58  # of that is line, the rest a gap

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the canvas."""

Field = Callable[
    [Float[np.ndarray, "1 width"], Float[np.ndarray, "height 1"]],
    Float[np.ndarray, "height width"],
]
"""A value for each pixel at the given columns x and rows y of the canvas."""


@dataclass(frozen=True)
class Outline:
    """The outline of a shape.

    Parameters:
        distance: signed, from the outline, in pixels of the canvas.
        place: along the outline, in dashes; a dash's middle is at every whole number.
        outer: what the outline does not leave.
        inner: what it does not enter.
    """

    distance: Field
    place: Field
    outer: Rectangle
    inner: Rectangle

    def dashes(
        self, x: Float[np.ndarray, "1 width"], y: Float[np.ndarray, "height 1"]
    ) -> Bool[np.ndarray, "height width"]:
        """Where a dashed line is drawn.

        Parameters:
            x: columns of the canvas.
            y: its rows.
        """
        return is_inked(self.place(x, y))


def box_outline(box: Rectangle, line: int) -> Outline:
    """The outline of a box; each of its corners is the middle of a dash.

    Parameters:
        box: left, top, right, bottom in pixels of the canvas.
        line: width of the line that is drawn.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top

    def sides(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        across = np.abs(x - (left + right) / 2) - width / 2
        return across, np.abs(y - (top + bottom) / 2) - height / 2

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        across, down = sides(x, y)
        outside = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
        return outside + np.minimum(np.maximum(across, down), 0)

    def place(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        across, down = sides(x, y)
        along_x = (x - left) / width * dash_count(width, line)
        along_y = (y - top) / height * dash_count(height, line)
        return np.where(across > down, along_y, along_x)

    return Outline(distance, place, box, box)


def circle_outline(x: float, y: float, radius: float, line: int) -> Outline:
    """The outline of a circle.

    Parameters:
        x: of the center, in pixels of the canvas.
        y: of the center, down.
        radius: in pixels of the canvas.
        line: width of the line that is drawn.
    """

    def distance(columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.hypot(columns - x, rows - y) - radius

    def place(columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        turns = np.arctan2(rows - y, columns - x) / (2 * math.pi)
        return turns * dash_count(2 * math.pi * radius, line)

    outer, inner = (
        (x - half, y - half, x + half, y + half) for half in (radius, radius / math.sqrt(2))
    )
    return Outline(distance, place, outer, inner)


def line_outline(corners: Float[np.ndarray, "corners 2"], line: int) -> Outline:
    """A line from corner to corner.

    Parameters:
        corners: (x, y) in pixels of the canvas, two or more; a closed line ends where it begins.
        line: width of the line that is drawn.
    """
    starts, ends = corners[:-1], corners[1:]
    lengths = np.hypot(*(ends - starts).T)
    before = np.concatenate([[0], np.cumsum(lengths)])
    dashes = dash_count(float(before[-1]), line) / max(float(before[-1]), 1e-9)

    def nearest(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far the line is, and how far along it the nearest point."""
        best = np.full((y.shape[0], x.shape[1]), np.inf)
        along = np.zeros_like(best)
        for start, end, length, so_far in zip(starts, ends, lengths, before):
            step = (end - start) / max(length, 1e-9)
            at = np.clip((x - start[0]) * step[0] + (y - start[1]) * step[1], 0, length)
            apart = np.hypot(x - start[0] - at * step[0], y - start[1] - at * step[1])
            closer = apart < best
            best, along = np.where(closer, apart, best), np.where(closer, so_far + at, along)
        return best, along

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return nearest(x, y)[0]

    def place(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return nearest(x, y)[1] * dashes

    (left, top), (right, bottom) = corners.min(0).tolist(), corners.max(0).tolist()
    nothing = (left, top, left, top)
    return Outline(distance, place, (left, top, right, bottom), nothing)


def mask_outline(
    covered: UInt8[np.ndarray, "height width"], line: int, *, dashed: bool
) -> Bool[np.ndarray, "height width"]:
    """The pixels of a mask within a line's width of its border.

    Parameters:
        covered: 1 in the mask, else 0.
        line: width of the line.
        dashed: whether it has gaps.
    """
    inside = cv2.erode(covered, np.ones((2 * line + 1, 2 * line + 1), np.uint8))
    ring = covered > inside
    if not dashed:
        return ring
    starts = np.zeros_like(covered)
    for contour in cv2.findContours(covered, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]:
        points = contour[:, 0]
        place = np.arange(len(points)) / len(points) * dash_count(len(points), line)
        columns, rows = points[is_inked(place)].T
        starts[rows, columns] = 1
    spread = cv2.dilate(starts, np.ones((2 * line - 1, 2 * line - 1), np.uint8))
    return ring & (spread > 0)


def dash_count(length: float, line: int) -> int:
    """How many dashes a line has: a whole number, so that its ends meet.

    Parameters:
        length: of the line, in pixels of the canvas.
        line: its width.
    """
    return max(round(length / (DASH * line)), 1)


def is_inked(place: Float[np.ndarray, "*shape"]) -> Bool[np.ndarray, "*shape"]:
    """Whether there is a dash, not a gap, at places along a line that are counted in dashes."""
    return np.abs(place - np.rint(place)) < INKED / 2
