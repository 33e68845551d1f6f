"""Fit one character's ink into the network's canvas as MNIST's digits were: 20 of 28 pixels, its
center of mass in the middle (LeCun et al. 1998)."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from .leveling import InkMap
from .scaling import scaled

INNER = 20 / 28  # of the canvas's side: the longer side of the character
MIN_STROKE = 2.2 / 28  # of the canvas's side: thinner strokes are thickened, as pens leave them
FULL = 97  # percentile of the ink within strokes that becomes white


@dataclass(frozen=True)
class Fit:
    """A character on the canvas, and where it came from.

    Parameters:
        canvas: ink bright on black, 0 … 255.
        scale: canvas pixels per pixel of the ink map.
        left: the column of the canvas at which the ink map's column 0 lies, as `top` its row 0.
        thickening: pixels of the canvas by which strokes were made broader on each side.
    """

    canvas: UInt8[np.ndarray, "height width"]
    scale: float
    left: float
    top: float
    thickening: float


def fit_character(
    ink: InkMap,
    mask: Bool[np.ndarray, "rows columns"],
    corner: tuple[int, int],
    size: tuple[int, int],
) -> Fit:
    """A character's ink in the middle of a canvas.

    Parameters:
        ink: of the whole image.
        mask: the character's own strokes, within its box.
        corner: left and top of its box in the ink map.
        size: height and width of the canvas.
    """
    side = min(size)
    rows, columns = mask.shape
    scale = INNER * side / max(rows, columns)
    reach = max(2, round(1.5 / scale))  # strokes fade beyond the mask
    strokes = np.pad(mask.astype(np.uint8), reach)
    wide = cv2.dilate(strokes, _disk(reach))
    own = _padded_crop(ink, corner, mask.shape, reach) * wide
    missing = _missing_width(strokes, MIN_STROKE * side / scale)
    if missing:
        own = cv2.dilate(own, _disk(missing))
    own = own / max(float(np.percentile(own[strokes > 0], FULL)), 1e-3)
    shown = scaled(own.clip(0, 1).astype(np.float32), scale)
    mass = shown.sum() + 1e-6
    x = float((shown.sum(0) * (np.arange(shown.shape[1]) + 0.5)).sum() / mass)
    y = float((shown.sum(1) * (np.arange(shown.shape[0]) + 0.5)).sum() / mass)
    left, top = round(size[1] / 2 - x), round(size[0] / 2 - y)
    canvas = _place(shown, left, top, size)
    stretch = shown.shape[1] / own.shape[1]
    return Fit(
        canvas,
        stretch,
        left - (corner[0] - reach) * stretch,
        top - (corner[1] - reach) * stretch,
        missing * stretch,
    )


def _padded_crop(
    ink: InkMap, corner: tuple[int, int], shape: tuple[int, ...], reach: int
) -> Float32[np.ndarray, "rows columns"]:
    left, top = corner
    padded = np.pad(ink, reach)
    return padded[top : top + shape[0] + 2 * reach, left : left + shape[1] + 2 * reach]


def _missing_width(strokes: UInt8[np.ndarray, "rows columns"], min_width: float) -> int:
    """By how many pixels strokes are to grow on each side to be so wide."""
    return max(0, round((min_width - stroke_width(strokes)) / 2))


def _disk(radius: int) -> UInt8[np.ndarray, "side side"]:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def stroke_width(strokes: UInt8[np.ndarray, "rows columns"]) -> float:
    """The usual width of strokes in pixels: twice the distance from their middle to the paper."""
    distance = cv2.distanceTransform(np.pad(strokes, 1), cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (distance > 0)
    return float(2 * np.median(distance[ridge]) - 0.5) if ridge.any() else 0.0


def _place(
    shown: Float32[np.ndarray, "rows columns"], left: int, top: int, size: tuple[int, int]
) -> UInt8[np.ndarray, "height width"]:
    canvas = np.zeros(size, np.float32)
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + shown.shape[0], size[0]), min(left + shown.shape[1], size[1])
    canvas[y0:y1, x0:x1] = shown[y0 - top : y1 - top, x0 - left : x1 - left]
    return np.rint(canvas * 255).astype(np.uint8)
