"""Shapes as polygons, for formats that have no other outlines."""

import cv2
import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ...structures.annotations import BoundingBox, Circle
from ...structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape

CORNERS = 64  # of a circle: within 0.12 % of its radius
FINER = 3  # so lines run between the centers of pixels


def polygon_of(shape: Shape) -> Polygon:
    """A polygon of what a shape covers.

    Parameters:
        shape: of any kind. A circle has 64 corners on it; the polygon of a mask holds the centers
            of its pixels and no others, but for holes, which are filled.
    """
    match shape:
        case Polygon():
            return shape
        case BoundingBox(left, top, right, bottom):
            corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
            return Polygon((np.array(corners, float),))
        case OrientedBox():
            return Polygon((shape.corners(),))
        case Circle(x, y, radius):
            return polygon_of(Ellipse(x, y, radius, radius))
        case Ellipse(x, y, a, b, angle):
            around = np.arange(CORNERS) * (2 * np.pi / CORNERS)
            along, across = a * np.cos(around), b * np.sin(around)
            cos, sin = np.cos(angle), np.sin(angle)
            points = np.stack([along * cos - across * sin, along * sin + across * cos], 1)
            return Polygon((points + np.array([x, y]),))
        case PixelMask(left, top, pixels):
            # every pixel as 3 × 3: the line through the centers of the outermost small ones
            fine = np.kron(pixels.astype(np.uint8), np.ones((FINER, FINER), np.uint8))
            lines, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
            parts = [(line[:, 0] + 0.5) / FINER + [left, top] for line in lines]
            return Polygon(tuple(parts))


def joined(polygon: Polygon) -> Float[ndarray, "corners 2"]:
    """A polygon of several parts as one line, which runs from each to the next and back.

    Parameters:
        polygon: of one part or more.
    """
    line = polygon.parts[0]
    for part in polygon.parts[1:]:
        distances = np.linalg.norm(line[:, None] - part[None], axis=2)
        here, there = np.unravel_index(distances.argmin(), distances.shape)
        turned = np.roll(part, -int(there), axis=0)
        line = np.concatenate([line[: here + 1], turned, turned[:1], line[here:]])
    return line
