"""The pretrained MobileFaceNet (Chen et al. 2018): 128 numbers a face."""

from functools import lru_cache
from pathlib import Path

import torch

from ...frame.errors import DataError
from ..calibration.calibration import Calibration
from ..detection.template import ARCFACE_112X96
from ._embedding_net import SIZE, EmbeddingNet
from ._encoder import Crops, Encoder, Vectors, check_crop_shape, fingerprint, l2_normalize
from ._preprocessing import Preprocessing
from ._pretrained import DIGEST

NAME = "mobilefacenet"
LAYOUT = Preprocessing(
    ARCFACE_112X96.height, ARCFACE_112X96.width, 127.5, 128.0, "rgb", ARCFACE_112X96
)
FINGERPRINT = fingerprint(NAME, DIGEST, LAYOUT.json())
CALIBRATION = Path(__file__).with_name("mobilefacenet.json")  # on aligned crops of celeb24


class MobileFaceNetEncoder(Encoder):
    """The network in PyTorch. Its twin in ONNX is `Onnx` over the same weights."""

    name, fingerprint, template = NAME, FINGERPRINT, LAYOUT.template
    height, width, channels, dim = LAYOUT.height, LAYOUT.width, LAYOUT.channels, SIZE

    def __init__(self, weights: Path, device: torch.device | str = "cpu"):
        """Raises DataError for a file that does not hold its weights."""
        self.embedding = EmbeddingNet.pretrained(weights).prepare_for_inference(
            torch.device(device)
        )
        self.calibration = calibration()

    def encode(self, crops: Crops) -> Vectors:
        """Raises ImageError for crops of another size, DataError where the weights are damaged."""
        return l2_normalize(
            self.embedding.encode(check_crop_shape(crops, self)), f"The encoder '{self.name}'"
        )


@lru_cache
def calibration() -> Calibration | None:
    """The threshold the network comes with; none where it was found for another encoder."""
    try:
        found = Calibration.load(CALIBRATION)
    except DataError:
        return None
    return found if found.encoder == FINGERPRINT else None
