"""Videos of colored faces that move, and what detects them by their color."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.detection.template import ARCFACE_112X96
from triptych.faces.video.writer import write_video

RATE = 25
RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)
Place = tuple[tuple[int, int, int], int, int]  # color, left, top


def picture(*places: Place, height: int = 200, width: int = 320, ground: int = 70) -> np.ndarray:
    """Noisy patches of 96 × 112 pixels on grey."""
    rng = np.random.default_rng(0)
    image = np.full((height, width, 3), ground, np.uint8)
    for color, x, y in places:
        noise = cv2.resize(rng.normal(0, 30, (28, 24)), (96, 112))[..., None]
        image[y : y + 112, x : x + 96] = np.clip(np.array(color) + noise, 0, 255)
    return image


def film(path: Path, frames: list[np.ndarray]) -> Path:
    """A video of these frames, 25 a second."""
    with write_video(path, Fraction(RATE)) as writer:
        for number, frame in enumerate(frames):
            writer.write(frame, number / RATE)
    return path


class ColorFinder:
    """Detects patches in which one color is far above the others; counts what it looks at."""

    looked = 0

    def detect(self, image: RGBImage, /) -> list[Face]:
        self.looked += 1
        faces = []
        for channel in range(3):
            others = np.delete(image, channel, 2).max(2).astype(int)
            mask = (image[..., channel].astype(int) - others > 60).astype(np.uint8)
            mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9)))
            for box in _boxes(mask):
                faces.append(_face(*box))
        return sorted(faces, key=lambda face: -face.area)


def _boxes(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return [tuple(row[:4]) for row in stats[1:].tolist() if row[4] > 3000]


def _face(x: int, y: int, width: int, height: int) -> Face:
    scale = np.array([width / 96, height / 112])
    points = np.array(ARCFACE_112X96.points) * scale + [x, y]
    box = float(x), float(y), float(x + width), float(y + height)
    return Face(*box, points.astype(np.float32), 0.9)
