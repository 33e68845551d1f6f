"""A face in a photo, and the contract of what detects one."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8

RGBImage = UInt8[np.ndarray, "height width channels"]
"""Pixels of a photo, upright, RGB or (one channel) grey, as `frame.images.read` gives them."""

Crop = UInt8[np.ndarray, "crop_height crop_width crop_channels"]
"""Pixels of a face as a network reads it, RGB or (one channel) grey."""

Landmarks = Float32[np.ndarray, "5 2"]
"""(x, y) of right eye, left eye, nose tip, right and left mouth corner; right is the person's own,
so the smaller x on an upright face."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face. Coordinates are in pixels of the photo, x right, y down, and may lie outside it.

    Parameters:
        left: of its box.
        top: of its box.
        right: of its box.
        bottom: of its box.
        landmarks: (5, 2), as `Landmarks` says.
        score: how sure the detector is, 0 … 1.
        quality: how well it can be recognised, 0 … 1, as `quality_score` measures it; None where
            nobody measured it yet.
        turn: degrees clockwise by which the photo was turned to stand upright: 0, 90, 180 or 270.
            The box and the landmarks are of the photo as it is.
    """

    left: float
    top: float
    right: float
    bottom: float
    landmarks: Landmarks
    score: float
    quality: float | None = None
    turn: int = 0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom: (x1, y1, x2, y2)."""
        return self.left, self.top, self.right, self.bottom

    @property
    def area(self) -> float:
        """Pixels the box covers."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


SIDES = ("left", "top", "right", "bottom")


def box_sides(face: Face | None) -> dict[str, float] | None:
    """The edges of a face's box by name, in pixels, as JSON answers show them; None without one."""
    return None if face is None else {side: round(getattr(face, side), 1) for side in SIDES}


@runtime_checkable
class FaceDetector(Protocol):
    """What finds faces in photos. Hand in your own: any object with `detect`."""

    def detect(self, image: RGBImage, /) -> list[Face]:
        """All faces of a photo, the largest first; none is an empty list.

        Parameters:
            image: uint8, (height, width, channels), RGB or (one channel) grey.
        """
        ...
