"""The contract of an encoder: a crop of a face in, a unit vector out."""

from abc import ABC, abstractmethod

import numpy as np
from jaxtyping import Float32, UInt8

from ..frame.errors import OtherEncoder
from .calibration import Calibration
from .template import Template

Crops = UInt8[np.ndarray, "count height width channels"]
Vectors = Float32[np.ndarray, "count size"]


class Encoder(ABC):
    """Crops in, unit vectors out: near for one person, far for two (FaceNet, Schroff et al. 2015).

    `fingerprint` names the encoder and everything its numbers depend on: weights, layout of the
    crop, normalisation. Vectors of different fingerprints are never compared.
    """

    name: str
    fingerprint: str
    height: int  # of a crop, in pixels
    width: int
    channels: int  # 3 is RGB, 1 is grey
    size: int  # numbers in a vector
    template: Template | None  # None: a picture is taken whole, shrunk to the crop's size
    calibration: Calibration | None = None  # the threshold it comes with

    @abstractmethod
    def encode(self, crops: Crops) -> Vectors:
        """Unit vectors of crops with values 0 … 255; any number of them, also none."""


def same_encoder(made_with: str, encoder: str, what: str) -> None:
    """Raises OtherEncoder where fingerprints differ; `what` ("The gallery people.db") was made
    with the first."""
    if made_with != encoder:
        raise OtherEncoder(
            f"{what} was made with the encoder '{made_with}', but this one is '{encoder}'. "
            "Use the same encoder, or make it anew with this one."
        )
