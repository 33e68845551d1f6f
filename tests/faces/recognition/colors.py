"""An encoder and a detector small enough to know all their answers."""

import numpy as np

from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.detection.template import ARCFACE_112X96, ARCFACE_112X112
from triptych.faces.encoders._encoder import Crops, Encoder, Vectors

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)


class MeanColor(Encoder):
    """The mean color of an image, as a unit vector; counts what it encodes."""

    name, fingerprint, dim = "colors", "colors-1", 3
    height = width = 8
    channels, template = 3, None
    encoded = 0

    def encode(self, crops: Crops) -> Vectors:
        self.encoded += len(crops)
        means = crops.mean((1, 2), dtype=np.float32) + 1
        return means / np.linalg.norm(means, axis=1, keepdims=True)


class FaceColor(MeanColor):
    """The same of an aligned face."""

    height = width = 112
    template = ARCFACE_112X112


class SideBySide:
    """Detects faces of 96 × 112 pixels side by side, as many as fit; counts what it looks at."""

    looked = 0

    def detect(self, image: RGBImage, /) -> list[Face]:
        self.looked += 1
        points = np.array(ARCFACE_112X96.points, np.float32)
        places = range(0, image.shape[1] - 95, 96) if image.any() else ()
        right = np.array([1, 0], np.float32)
        return [Face(x, 0, x + 96, 112, points + x * right, 1.0) for x in places]


def plain(color: tuple[int, int, int]) -> np.ndarray:
    return np.full((8, 8, 3), color, np.uint8)


def portrait(*colors: tuple[int, int, int]) -> np.ndarray:
    """Faces of these colors side by side, with enough noise for a photo."""
    noise = np.random.default_rng(0).integers(-20, 20, (112, 96, 3))
    return np.concatenate([np.clip(noise + c, 1, 255) for c in colors], 1).astype(np.uint8)
