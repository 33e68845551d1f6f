"""A sheet of paper, or a board, that does not fill the image: what is around it is painted over."""

import cv2
import numpy as np
from jaxtyping import Bool

from .leveling import Gray, InkMap

THRESHOLD = 0.4  # of the contrast between the sheet and what is around it
MIN_AREA = 0.12  # of the image
LONG = 2.5  # times as long as broad: no sheet, but a stroke
SOLIDITY = 0.85  # of the area of its convex hull: sheets are lit unevenly, and turned, but whole
MARGIN = 0.02  # of its shorter side: edges are rounded, and throw shadows
MIN_AROUND = 0.05  # of the image lies around it


def find_sheet(map: InkMap) -> Bool[np.ndarray, "height width"] | None:
    """Where a sheet is, writing and all, in an image whose most contrasting thing it is; else None.

    Parameters:
        map: how much each pixel stands out from its surroundings, 0 … 1.
    """
    binary = (map > THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(largest)
    if not MIN_AREA < area / binary.size < 1 - MIN_AROUND:
        return None
    if max(cv2.minAreaRect(largest)[1]) > LONG * min(cv2.minAreaRect(largest)[1]):
        return None
    whole = cv2.drawContours(np.zeros_like(binary), [largest], -1, 1, cv2.FILLED)
    inked = float(binary[whole > 0].mean())
    if area < SOLIDITY * cv2.contourArea(cv2.convexHull(largest)) or inked < SOLIDITY:
        return None
    margin = max(1, round(MARGIN * min(cv2.boundingRect(largest)[2:])))
    padded = np.pad(whole, margin, mode="edge")
    inner = cv2.erode(padded, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    return inner[margin:-margin, margin:-margin] > 0


def paint_around(gray: Gray, sheet: Bool[np.ndarray, "height width"]) -> Gray:
    """An image in which the sheet goes on over its edges, as bright as it is near them.

    Parameters:
        gray: brightness of each pixel.
        sheet: true where the sheet is.
    """
    weight = sheet.astype(np.float32)
    sigma = max(gray.shape) / 12
    level = np.float32(np.median(gray[sheet]))
    near = _blurred(gray * weight, sigma) + 1e-3 * level
    ground = near / (_blurred(weight, sigma) + 1e-3)
    return np.where(sheet, gray, np.rint(ground).clip(0, 255)).astype(np.uint8)


def _blurred(values: np.ndarray, sigma: float) -> np.ndarray:
    """Averaged over wide surroundings, at an eighth of the size, for it is smooth."""
    shrink = max(1, round(sigma / 6))
    size = max(1, values.shape[1] // shrink), max(1, values.shape[0] // shrink)
    small = cv2.resize(values.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    return cv2.resize(soft, values.shape[::-1], interpolation=cv2.INTER_LINEAR)
