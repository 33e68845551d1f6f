"""An encoder that needs no file."""

import numpy as np

from triptych.faces.encoders._encoder import Crops, Encoder, Vectors


class MeanColor(Encoder):
    """The mean color of an image, as a unit vector."""

    name, fingerprint, dim = "colors", "colors-1", 3
    height = width = 8
    channels, template = 3, None

    def encode(self, crops: Crops) -> Vectors:
        means = crops.mean((1, 2), dtype=np.float32) + 1
        return means / np.linalg.norm(means, axis=1, keepdims=True)
