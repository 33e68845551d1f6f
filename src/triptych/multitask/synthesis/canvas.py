"""Plain shapes with soft edges: drawn eight times too large, then reduced."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float64, Int32, UInt8
from numpy.typing import ArrayLike

from ...frame.drawing.colors import Color
from .splines import catmull_rom_weights

Length = float | int
Point = tuple[Length, Length]

SUPERSAMPLE = 8  # times larger: 64 levels of opacity at an edge
SUBPIXEL_BITS = 4  # bits after the point in OpenCV's coordinates


class Canvas:
    """A transparent square to draw on.

    Points (x, y) and lengths are in pixels, y down, angles in degrees clockwise, colors RGB; each
    shape covers what was there.
    """

    def __init__(self, side: int, background: Color):
        """
        Parameters:
            side: of the finished image in pixels.
            background: the color under what stays transparent; it shows at soft edges.
        """
        shape = (side * SUPERSAMPLE, side * SUPERSAMPLE, 4)
        self.pixels = np.full(shape, (*background, 0), np.uint8)

    def ellipse(self, center: Point, radii: Point, color: Color, degrees: float | int = 0) -> None:
        """Draw a filled ellipse.

        Parameters:
            center: (x, y) in pixels, y down.
            radii: across and down, before it is turned.
            color: of the inside.
            degrees: it is turned by, clockwise.
        """
        position, axes = self._fixed_point([center, radii]).tolist()
        arc, paint = (degrees, 0, 360), (*color, 255)
        cv2.ellipse(self.pixels, position, axes, *arc, paint, cv2.FILLED, shift=SUBPIXEL_BITS)

    def shaded_disk(self, center: Point, radius: Length, light: Color, dark: Color) -> None:
        """Draw a filled circle lit from the upper left: `light` there, `dark` at the far edge.

        Parameters:
            center: (x, y) in pixels, y down.
            radius: in pixels.
        """
        y, x = (np.mgrid[: len(self.pixels), : len(self.pixels)] + 0.5) / SUPERSAMPLE
        inside = np.hypot(x - center[0], y - center[1]) < radius
        far = np.hypot(x - center[0] + 0.45 * radius, y - center[1] + 0.55 * radius) / radius
        shade = np.clip(far[inside] / 1.7, 0, 1)[:, None] ** 2
        self.pixels[inside, :3] = np.round((1 - shade) * light + shade * np.array(dark))
        self.pixels[inside, 3] = 255

    def curve(self, points: Sequence[Point], color: Color, width: Length) -> None:
        """Draw a smooth curve through points, with round ends.

        Parameters:
            points: (x, y) in pixels, y down.
            color: of the line.
            width: of the line in pixels.
        """
        curve = [self._fixed_point(spline_points(points))]
        pen = round(width * SUPERSAMPLE)
        cv2.polylines(self.pixels, curve, False, (*color, 255), pen, cv2.LINE_8, SUBPIXEL_BITS)

    def filled_path(self, *sides: Sequence[Point], color: Color) -> None:
        """Fill an outline made of smooth sides that meet in corners.

        Parameters:
            sides: points of each; one begins where the other ends.
            color: of the inside.
        """
        outline = self._fixed_point(np.concatenate([spline_points(side) for side in sides]))
        cv2.fillPoly(self.pixels, [outline], (*color, 255), cv2.LINE_8, SUBPIXEL_BITS)

    def to_rgba(self) -> UInt8[np.ndarray, "side side 4"]:
        """The finished image: red, green, blue and opacity."""
        side = len(self.pixels) // SUPERSAMPLE
        blocks = self.pixels.reshape(side, SUPERSAMPLE, side, SUPERSAMPLE, 4)
        return blocks.mean((1, 3)).round().astype(np.uint8)

    def _fixed_point(self, points: ArrayLike) -> Int32[np.ndarray, "*points 2"]:
        """Coordinates as OpenCV takes them, on the enlarged canvas."""
        return np.round(np.asarray(points) * SUPERSAMPLE * 2**SUBPIXEL_BITS).astype(np.int32)


def spline_points(points: Sequence[Point]) -> Float64[np.ndarray, "many 2"]:
    """Points close together on the smooth curve through the given ones."""
    knots = np.array(points, float)
    return catmull_rom_weights(knots, 16 * len(knots)) @ knots
