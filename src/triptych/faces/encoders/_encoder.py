"""The contract of an encoder: a crop of a face in, a unit vector out."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from ...frame.errors import ConfigError, DataError, EncoderMismatchError, ImageError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ..calibration.calibration import Calibration
from ..detection.face import Crop, Face, RGBImage
from ..detection.template import LandmarkTemplate

if TYPE_CHECKING:
    from torch import nn

Crops = UInt8[np.ndarray, "count height width channels"]
Vectors = Float32[np.ndarray, "count size"]
FRAMEWORKS = ("torch", "onnx")  # that run the networks which have twins


@dataclass(frozen=True)
class EncoderInfo:
    """Where an encoder comes from, and how good it is.

    Parameters:
        licence: its name, and what it allows.
        source: who made it, and where.
        accuracy: share of pairs told rightly as `triptych faces evaluate` measures it, 0 … 1, by
            the name of the photos.
        install: what brings its files, in words.
    """

    licence: str
    source: str
    accuracy: Mapping[str, float] = field(default_factory=dict)
    install: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces encoders --json` prints it."""
        return {**vars(self), "accuracy": dict(self.accuracy)}


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
    dim: int  # numbers in a vector
    template: LandmarkTemplate | None  # None: an image is taken whole, resized to the crop's size
    calibration: Calibration | None = None  # the threshold it comes with

    has_options: ClassVar[bool] = False
    """Whether `load` takes options."""

    info: ClassVar[EncoderInfo | None] = None
    """Of one that comes with triptych; None for those whose network is the user's own."""

    finetuning: ClassVar[Mapping[str, Any]] = {}
    """Settings of a training that begins from it, laid over the defaults: margin, learning rate,
    crop …; empty where none can."""

    @abstractmethod
    def encode(self, crops: Crops) -> Vectors:
        """Unit vectors of crops.

        Parameters:
            crops: uint8, (N, height, width, channels), values 0 … 255; N may be 0.

        Returns float32, (N, dim). Raises ImageError for crops of another size.
        """

    def crop(self, image: RGBImage, face: Face) -> Crop:
        """A face as the encoder reads it, upright and cut out by its landmarks.

        Parameters:
            image: uint8, (height, width, 1 or 3).
            face: detected in it.

        Raises FaceError for landmarks in one point.
        """
        from ..detection.network_crop import network_crop  # OpenCV, which galleries do without

        shape = self.height, self.width, self.channels
        return network_crop(image, face.landmarks, self.template, shape)

    def crop_aligned(self, image: RGBImage) -> Crop:
        """An image that is aligned already, as the encoder reads it.

        Aligned images have the landmarks where ArcFace's crops have them (Deng et al. 2019), at
        any size, in their middle.

        Parameters:
            image: uint8, (height, width, 1 or 3).
        """
        from ..detection.network_crop import network_crop

        shape = self.height, self.width, self.channels
        return network_crop(image, None, self.template, shape)

    @classmethod
    def load(
        cls,
        argument: str,
        *,
        device: str = "auto",
        options: Mapping[str, str] | None = None,
        progress: ProgressCallback = no_progress,
    ) -> "Encoder":
        """The encoder that `load_encoder` gives for "NAME:ARGUMENT", or for a path it reads.

        By default the class is made without arguments, and none may be typed.

        Parameters:
            argument: what stands after the colon, or the path; empty where there is neither.
            device: "auto", "cpu", "cuda" …
            options: by name; none where `has_options` is false.
            progress: told how far files are fetched.

        Raises ConfigError, DataError, AssetNotFoundError …
        """
        if argument:
            raise ConfigError(
                f"Expected no argument for this encoder, got '{argument}'. Leave it out."
            )
        return cls()

    @classmethod
    def is_available(cls) -> bool:
        """Whether `load` needs nothing that is not on this machine."""
        return True

    @classmethod
    def fetch(cls, progress: ProgressCallback = no_progress) -> list[Path]:
        """Bring its files onto this machine, so that `load` needs no network; returns them.

        Parameters:
            progress: told how far they are fetched.

        Raises AssetNotFoundError where they are not to be had, DataError, WriteError.
        """
        return []

    @classmethod
    def network(cls, progress: ProgressCallback = no_progress) -> "nn.Module":
        """The network, an `EmbeddingNet` with its weights, that a training begins from.

        Parameters:
            progress: told how far files are fetched.

        Raises ConfigError where there is none.
        """
        raise ConfigError(f"No training begins from the encoder '{cls.name}'. Choose another.")

    @classmethod
    def reads(cls, path: Path) -> bool:
        """Whether a path alone, without a name before it, says that it is this encoder's."""
        return False


def fingerprint(name: str, *facts: object) -> str:
    """A name, and twelve digits of a checksum of all that an encoder's numbers depend on.

    Parameters:
        name: of the kind of encoder.
        facts: of JSON's types.

    >>> fingerprint("mobilefacenet", "weights", [112, 96])
    'mobilefacenet-dbf03f5bf1e5'
    """
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return f"{name}-{digest[:12]}"


def check_framework(name: str, framework: str) -> None:
    """Raise UnknownNameError for a framework that no encoder is run by.

    Parameters:
        name: of an encoder that is run by either.
        framework: as it was typed behind the name; empty for the default.
    """
    if framework not in ("", *FRAMEWORKS):
        names = (name, *(f"{name}:{each}" for each in FRAMEWORKS))
        raise unknown_name_error(f"{name}:{framework}", names, "encoder")


def check_crop_shape(crops: Crops, encoder: Encoder) -> Crops:
    """The crops themselves.

    Parameters:
        crops: (N, height, width, channels).
        encoder: what they are for.

    Raises ImageError where they are not of the encoder's size.
    """
    expected = encoder.height, encoder.width, encoder.channels
    if crops.shape[1:] != expected:
        raise ImageError(
            f"'{encoder.name}' expects crops of {'×'.join(map(str, expected))}, got "
            f"{'×'.join(map(str, crops.shape[1:]))}. Cut them out for this encoder."
        )
    return crops


def l2_normalize(vectors: Vectors, name: str) -> Vectors:
    """Vectors scaled to unit length.

    Parameters:
        vectors: (N, D).
        name: what an error calls the encoder.

    Raises DataError for vectors that are zero or not finite.
    """
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise DataError(
            f"{name} answers with numbers that are none, or nothing but zeros: its weights are "
            "damaged or do not fit such crops. Use another encoder."
        )
    return (vectors / lengths).astype(np.float32)


def same_encoder(made_with: str, encoder: str, what: str) -> None:
    """Raise EncoderMismatchError where fingerprints differ.

    Parameters:
        made_with: fingerprint of the encoder it was made with.
        encoder: fingerprint of the encoder in use.
        what: how the error calls it: "The gallery people.db".
    """
    if made_with != encoder:
        raise EncoderMismatchError(
            f"{what} was made with the encoder '{made_with}', but this one is '{encoder}'. "
            "Use the same encoder, or make it anew with this one."
        )
