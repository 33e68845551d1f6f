"""Faces as rows of an array: boxes and landmarks moved, compared and merged."""

import cv2
import numpy as np
from jaxtyping import Float32, Real

from ..detection.face import Face

Detections = Float32[np.ndarray, "_ 15"]
"""A row a face: left, top, right, bottom of its box, (x, y) of five landmarks, score."""

NONE: Detections = np.zeros((0, 15), np.float32)


def from_opencv(rows: Real[np.ndarray, "faces columns"] | None) -> Detections:
    """Rows as OpenCV has them (x, y, width, height, landmarks, score) as `Detections`."""
    if rows is None or not len(rows):
        return NONE
    rows = rows[:, :15].astype(np.float32)
    rows[:, 2:4] += rows[:, :2]
    return rows


def to_faces(detections: Detections, turns: int) -> list[Face]:
    """Faces, the largest first.

    Parameters:
        detections: in pixels of the photo.
        turns: quarter turns, counter-clockwise, that brought the photo upright.
    """
    turn = -90 * turns % 360
    faces = []
    for row in detections:
        left, top, right, bottom = row[:4].tolist()
        landmarks = row[4:14].reshape(5, 2).copy()
        faces.append(Face(left, top, right, bottom, landmarks, float(row[14]), turn=turn))
    return sorted(faces, key=lambda face: -face.area)


def move(detections: Detections, stretch: np.ndarray, shift: np.ndarray) -> Detections:
    """Every point (x, y) times `stretch` and plus `shift`; scores stay.

    Parameters:
        detections: to be moved.
        stretch: (2,), of x and y.
        shift: (2,), in pixels of the result.
    """
    moved = detections.copy()
    moved[:, :14] = (moved[:, :14].reshape(-1, 7, 2) * stretch + shift).reshape(-1, 14)
    return moved


def turn_back(detections: Detections, turns: int, height: int, width: int) -> Detections:
    """Where faces of a turned picture lie in the picture before.

    Parameters:
        detections: of `np.rot90(picture, turns)`.
        turns: quarter turns, counter-clockwise, 0 … 3.
        height: of the picture before, in pixels.
        width: of the picture before, in pixels.
    """
    x, y = np.moveaxis(detections[:, :14].reshape(-1, 7, 2), 2, 0)
    right, below = width - 1, height - 1
    x, y = ((x, y), (right - y, x), (right - x, below - y), (y, below - x))[turns]
    points = np.stack([x, y], 2)
    points[:, :2] = np.stack([points[:, :2].min(1), points[:, :2].max(1)], 1)
    return np.concatenate([points.reshape(-1, 14), detections[:, 14:]], 1)


def sides(detections: Detections) -> Float32[np.ndarray, " faces"]:
    """How large each face is, in pixels: the side of a square of its box's area."""
    size = np.maximum(detections[:, 2:4] - detections[:, :2], 0)
    return np.sqrt(size[:, 0] * size[:, 1])


def box_ious(first: Detections, second: Detections) -> Float32[np.ndarray, "some others"]:
    """Intersection over union of the boxes: [i, j] is that of first i and second j, 0 … 1.

    Parameters:
        first: of one picture.
        second: of another, in pixels of the same photo.
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:4], second[None, :, 2:4])
    shared = np.maximum(high - low, 0).prod(2)
    union = np.square(sides(first))[:, None] + np.square(sides(second))[None] - shared
    return shared / np.maximum(union, np.finfo(np.float32).tiny)


def suppress(detections: Detections, iou: float) -> Detections:
    """Non-maximum suppression: of faces that share more than `iou`, the surest, the surest first.

    Parameters:
        detections: in any order.
        iou: intersection over union of their boxes, 0 … 1.
    """
    if len(detections) < 2:
        return detections
    boxes = np.concatenate([detections[:, :2], detections[:, 2:4] - detections[:, :2]], 1)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), detections[:, 14].tolist(), 0.0, iou)
    return detections[np.array(kept, int).ravel()]
