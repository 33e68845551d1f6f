"""Places of labels beside boxes, so that none hides another."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from .reading_order import Box

Place = tuple[float, float]
HIDDEN = 0.05  # of another face, at most, that a label may cover
OWN = 0.25  # how much it counts that a label covers a part of its own face


def place_labels(
    boxes: Sequence[Box], sizes: Sequence[tuple[float, float]], canvas: tuple[int, int]
) -> list[Place | None]:
    """Where each label goes: at its box, within the canvas, over no other label and no other face.

    Places around the box are tried in a fixed order, those above first. One after the other takes
    the best that is left, so that a few labels of many may stay without a place.

    Parameters:
        boxes: left, top, right, bottom of each face, in pixels.
        sizes: width and height of each label, in pixels.
        canvas: width and height of the picture.

    Returns the left and upper edge of each label, None for one that has no place.
    """
    faces = np.array(boxes, np.float64).reshape(-1, 4)
    placed = np.empty((0, 4))
    places: list[Place | None] = []
    for number, (box, size) in enumerate(zip(faces, sizes)):
        corners = np.clip(_corners(box, size), 0, np.maximum(np.subtract(canvas, size), 0))
        labels = np.concatenate([corners, corners + size], 1)
        others = np.delete(faces, number, 0)
        hidden = _overlaps(labels, others) / np.maximum(_areas(others), 1)
        own = _overlaps(labels, box[None])[:, 0] / max(float(_areas(box[None])[0]), 1)
        cost = hidden.sum(1) + OWN * own + 1e-3 * np.arange(len(labels))
        taken = np.any(_overlaps(labels, placed) > 0, 1) | np.any(hidden > HIDDEN, 1)
        best = int(np.argmin(np.where(taken, np.inf, cost)))
        if taken[best]:
            places.append(None)
            continue
        placed = np.concatenate([placed, labels[best : best + 1]])
        places.append((float(corners[best, 0]), float(corners[best, 1])))
    return places


def _corners(
    box: Float64[np.ndarray, " 4"], size: tuple[float, float]
) -> Float64[np.ndarray, "_ 2"]:
    """Upper left corners of a label around a box: above, below, beside, and last within."""
    left, top, right, bottom = box
    width, height = size
    across = (left, (left + right - width) / 2, right - width)
    down = (top, (top + bottom - height) / 2, bottom - height)
    around = [(x, top - height) for x in across] + [(x, bottom) for x in across]
    around += [(right, y) for y in down] + [(left - width, y) for y in down]
    return np.array([*around, (left, top), (left, bottom - height)])


def _overlaps(
    first: Float64[np.ndarray, "count 4"], second: Float64[np.ndarray, "others 4"]
) -> Float64[np.ndarray, "count others"]:
    """Pixels that each of the first shares with each of the second."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.clip(high - low, 0, None).prod(2)


def _areas(boxes: Float64[np.ndarray, "count 4"]) -> Float64[np.ndarray, " count"]:
    return np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(1)
