"""Plain shapes with soft edges: drawn eight times too large, then made small."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float64, Int32, UInt8
from numpy.typing import ArrayLike

from .splines import smooth

Colour = tuple[int, int, int]
Pixels = float | int
Place = tuple[Pixels, Pixels]

FINE = 8  # times larger: 64 grey levels at an edge
EXACT = 4  # bits after the point in OpenCV's coordinates


class Easel:
    """A transparent square to draw on. Places and lengths are in pixels, y down, angles in
    degrees clockwise; each shape covers what was there."""

    def __init__(self, side: int, ground: Colour):
        """`ground` is the colour of what stays transparent: it shines through at soft edges."""
        self.paint = np.full((side * FINE, side * FINE, 4), (*ground, 0), np.uint8)

    def oval(self, middle: Place, radii: Place, colour: Colour, turn: float | int = 0) -> None:
        """A filled ellipse."""
        centre, axes = self._fine([middle, radii]).tolist()
        cv2.ellipse(self.paint, centre, axes, turn, 0, 360, (*colour, 255), cv2.FILLED, shift=EXACT)

    def ball(self, middle: Place, radius: Pixels, light: Colour, deep: Colour) -> None:
        """A filled circle, lit from the upper left: from `light` there to `deep` at the far rim."""
        y, x = (np.mgrid[: len(self.paint), : len(self.paint)] + 0.5) / FINE
        inside = np.hypot(x - middle[0], y - middle[1]) < radius
        far = np.hypot(x - middle[0] + 0.45 * radius, y - middle[1] + 0.55 * radius) / radius
        shade = np.clip(far[inside] / 1.7, 0, 1)[:, None] ** 2
        self.paint[inside, :3] = np.round((1 - shade) * light + shade * np.array(deep))
        self.paint[inside, 3] = 255

    def line(self, places: Sequence[Place], colour: Colour, width: Pixels) -> None:
        """A smooth curve through the places, with round ends."""
        curve = [self._fine(curved(places))]
        pen = round(width * FINE)
        cv2.polylines(self.paint, curve, False, (*colour, 255), pen, cv2.LINE_8, EXACT)

    def area(self, *sides: Sequence[Place], colour: Colour) -> None:
        """The inside of an outline made of smooth sides that meet in corners."""
        outline = np.concatenate([curved(side) for side in sides])
        cv2.fillPoly(self.paint, [self._fine(outline)], (*colour, 255), cv2.LINE_8, EXACT)

    def finished(self) -> UInt8[np.ndarray, "side side 4"]:
        """The picture at the size asked for: red, green, blue and opacity."""
        side = len(self.paint) // FINE
        return self.paint.reshape(side, FINE, side, FINE, 4).mean((1, 3)).round().astype(np.uint8)

    def _fine(self, places: ArrayLike) -> Int32[np.ndarray, "*places 2"]:
        return np.round(np.asarray(places) * FINE * 2**EXACT).astype(np.int32)


def curved(places: Sequence[Place]) -> Float64[np.ndarray, "places 2"]:
    """Places close together on the smooth curve through the given ones."""
    points = np.array(places, float)
    return smooth(points, 16 * len(points)) @ points
