"""Two encoders joined: distances are a weighted sum, and both see the same face."""

import numpy as np
import pytest

from triptych.faces.embeddings import euclidean_distances
from triptych.faces.encoders import dlib, dlib_mobilefacenet
from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.encoders.dlib_mobilefacenet import (
    BORDER,
    CHIP,
    DLIB_SHARE,
    MOBILEFACENET_CHIP,
    SIDE,
    DlibMobileFaceNetEncoder,
)
from triptych.frame.errors import ConfigError


class Seen(Encoder):
    """Says nothing but a unit vector of its crop's colors, and keeps what it saw."""

    def __init__(self, name: str, height: int, width: int):
        self.name, self.fingerprint, self.dim = name, f"{name}-1", 3
        self.height, self.width, self.channels, self.template = height, width, 3, None
        self.crops = np.zeros((0, height, width, 3), np.uint8)

    def encode(self, crops: Crops) -> Vectors:
        self.crops = crops
        means = crops.mean((1, 2), dtype=np.float32) + 1
        return means / np.linalg.norm(means, axis=1, keepdims=True)


@pytest.fixture
def parts() -> tuple[Seen, Seen]:
    return Seen("first", 150, 150), Seen("second", 112, 96)


@pytest.fixture
def encoder(parts: tuple[Seen, Seen]) -> DlibMobileFaceNetEncoder:
    joined = DlibMobileFaceNetEncoder.__new__(DlibMobileFaceNetEncoder)
    joined._first, joined._second = parts  # type: ignore[assignment]
    joined.calibration = None
    return joined


def crops() -> Crops:
    return np.random.default_rng(0).integers(0, 256, (4, SIDE, SIDE, 3), dtype=np.uint8)


def test_squared_distances_are_a_weighted_sum(encoder: DlibMobileFaceNetEncoder, parts):
    vectors = encoder.encode(crops())
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    first, second = (part.encode(part.crops) for part in parts)
    both = DLIB_SHARE * euclidean_distances(first, first) ** 2
    both += (1 - DLIB_SHARE) * euclidean_distances(second, second) ** 2
    assert np.allclose(euclidean_distances(vectors, vectors) ** 2, both, atol=1e-5)


def test_dlib_sees_the_middle_and_the_other_the_same_face(encoder: DlibMobileFaceNetEncoder, parts):
    image = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    points = np.round(CHIP.points).astype(int)
    for x, y in points:
        image[0, y - 3 : y + 4, x - 3 : x + 4] = 255
    encoder.encode(image)
    assert np.array_equal(parts[0].crops[0], image[0, BORDER:-BORDER, BORDER:-BORDER])
    for x, y in np.round(MOBILEFACENET_CHIP.points).astype(int):
        assert parts[1].crops[0, y - 2 : y + 3, x - 2 : x + 3].max() > 128


def test_it_is_no_encoder_of_either(encoder: DlibMobileFaceNetEncoder):
    assert dlib_mobilefacenet.FINGERPRINT not in (dlib.FINGERPRINT, "")
    assert encoder.dim == 256
    with pytest.raises(ConfigError, match="Expected no argument"):
        DlibMobileFaceNetEncoder.load("onnx")
