"""Printed lines of ruled and squared paper that are dark enough to look like ink."""

import cv2
import numpy as np
from jaxtyping import Bool, UInt8

from .leveling import InkMap

THRESHOLD = 0.2  # of the ink's darkness
LENGTH = 0.1  # of the image's side: an uninterrupted part of a line
GAP = 0.05  # of the image's side between such parts, at most
SPAN = 0.7  # of the image's side is covered by a line
THICK = 0.015  # of the image's longer side, at most
LINES = 2  # at least: a single one may be the bar of a seven
SLOPES = np.linspace(-0.08, 0.08, 9)  # of lines on a sheet that is not quite upright
CROSSING = 2.2  # times a line's thickness: ink that is so long across it is a stroke

Binary = UInt8[np.ndarray, "height width"]
Mask = Bool[np.ndarray, "height width"]


def without_rules(ink: InkMap) -> InkMap:
    """The ink map without straight lines over most of the image; strokes that cross them stay.

    Parameters:
        ink: 0 … 1 at each pixel.
    """
    binary = (ink > THRESHOLD).astype(np.uint8)
    rows, row_thickness = _lines(binary)
    columns, column_thickness = _lines(np.ascontiguousarray(binary.T))
    columns = columns.T
    if not rows.any() and not columns.any():
        return ink
    crossing_rows = _long_runs(binary * ~columns, row_thickness)
    crossing_columns = _long_runs((binary * ~rows).T, column_thickness).T
    lines = (rows & ~crossing_rows) | (columns & ~crossing_columns)
    return np.where(lines, np.float32(0), ink)


def _lines(binary: Binary) -> tuple[Mask, float]:
    """Where nearly horizontal lines are with their soft edges, and how thick they are in pixels."""
    height, width = binary.shape
    nothing = np.zeros(binary.shape, bool), 0.0
    if not _may_have_lines(binary):
        return nothing
    part = np.ones((1, max(2, round(LENGTH * width))), np.uint8)
    opened = [cv2.morphologyEx(_sheared(binary, s), cv2.MORPH_OPEN, part) for s in SLOPES]
    best = int(np.argmax([one.sum() for one in opened]))
    gap = np.ones((3, 2 * round(GAP * width / 2) + 1), np.uint8)
    joined = cv2.dilate(opened[best], gap)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    area = np.bincount(labels[opened[best] > 0], minlength=len(stats))
    thickness = area / np.maximum(stats[:, cv2.CC_STAT_WIDTH], 1)
    full = (stats[:, cv2.CC_STAT_WIDTH] >= SPAN * width) & (area > 0)
    full[0] = False
    full &= thickness <= max(2.0, THICK * max(height, width))
    if full.sum() < LINES:
        return nothing
    lines = np.isin(labels, np.flatnonzero(full)) & (opened[best] > 0)
    soft = cv2.dilate(lines.astype(np.uint8), np.ones((3, 1), np.uint8))
    return _sheared(soft, -float(SLOPES[best])) > 0, float(np.median(thickness[full]))


def _may_have_lines(binary: Binary) -> bool:
    """Whether much of it lies in rows, as it does even where lines slope."""
    width = binary.shape[1]
    short = np.ones((1, max(2, round(LENGTH * width / 8))), np.uint8)
    return bool(cv2.morphologyEx(binary, cv2.MORPH_OPEN, short).sum() > LINES * SPAN * width)


def _long_runs(binary: Binary, thickness: float) -> Mask:
    """Where ink goes on across lines of so many pixels, and the pixels beside it."""
    across = np.ones((round(CROSSING * (thickness + 2)), 1), np.uint8)
    binary = np.ascontiguousarray(binary, np.uint8)
    strokes = cv2.morphologyEx(binary, cv2.MORPH_OPEN, across)
    return cv2.dilate(strokes, np.ones((1, 3), np.uint8)) > 0


def _sheared(binary: Binary, slope: float) -> Binary:
    """Columns moved up by `slope` rows a column, around the middle."""
    height, width = binary.shape
    matrix = np.array([[1, 0, 0], [-slope, 1, slope * width / 2]])
    return cv2.warpAffine(binary, matrix, (width, height), flags=cv2.INTER_NEAREST)
