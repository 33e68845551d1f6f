"""The pretrained MobileFaceNet (Chen et al. 2018): 128 numbers a face."""

from functools import lru_cache
from pathlib import Path

import torch

from ...frame.errors import DataError
from ..calibration.calibration import Calibration
from ..detection.template import NARROW
from ._embedding_net import SIZE, Embedding
from ._encoder import Crops, Encoder, Vectors, fingerprint, suited, unit
from ._preprocessing import Layout
from ._pretrained import DIGEST

NAME = "mobilefacenet"
LAYOUT = Layout(NARROW.height, NARROW.width, 127.5, 128.0, "rgb", NARROW)
FINGERPRINT = fingerprint(NAME, DIGEST, LAYOUT.json())
CALIBRATION = Path(__file__).with_name("mobilefacenet.json")  # on aligned crops of celeb24


class Mobilefacenet(Encoder):
    """The network in PyTorch. Its twin in ONNX is `Onnx` over the same weights."""

    name, fingerprint, template = NAME, FINGERPRINT, LAYOUT.template
    height, width, channels, size = LAYOUT.height, LAYOUT.width, LAYOUT.channels, SIZE

    def __init__(self, weights: Path, device: torch.device | str = "cpu"):
        """Raises DataError for a file that does not hold its weights."""
        self.embedding = Embedding.pretrained(weights).for_answers(torch.device(device))
        self.calibration = calibration()

    def encode(self, crops: Crops) -> Vectors:
        """Raises ImageError for crops of another size, DataError where the weights are damaged."""
        return unit(self.embedding.encode(suited(crops, self)), f"The encoder '{self.name}'")


@lru_cache
def calibration() -> Calibration | None:
    """The threshold the network comes with; none where it was found for another encoder."""
    try:
        found = Calibration.load(CALIBRATION)
    except DataError:
        return None
    return found if found.encoder == FINGERPRINT else None
