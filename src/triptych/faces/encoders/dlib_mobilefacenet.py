"""dlib's network and MobileFaceNet joined: 256 numbers a face, for research."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ..assets import CASIA_LICENCE
from ..calibration.calibration import shipped_calibration
from ..detection.alignment import align_face, convert_channels
from ..detection.face import Crop, Face, RGBImage
from ..detection.template import DLIB_150X150, LandmarkTemplate
from . import dlib, mobilefacenet
from ._encoder import Crops, Encoder, EncoderInfo, Vectors, check_crop_shape, fingerprint

NAME = "dlib-mobilefacenet"
CALIBRATION = Path(__file__).with_name("dlib_mobilefacenet.json")  # on photos of celeb24

# dlib's share of the squared distance: by a logistic regression of "the same person" on both
# squared distances of pairs of celeb24 (`python -m benchmarks.fusion`)
DLIB_SHARE = 0.87

# Where dlib's landmarks lie in MobileFaceNet's crops: the median over photos of celeb24.
MOBILEFACENET_CHIP = LandmarkTemplate(
    112, 96, ((70.87, 51.35), (56.89, 52.29), (21.79, 52.38), (35.87, 52.71), (46.78, 79.37))
)
BORDER = 30  # pixels around dlib's crop, so that MobileFaceNet's has its place in it
SIDE = dlib.CHIP.height + 2 * BORDER


def _bordered(template: LandmarkTemplate) -> LandmarkTemplate:
    points = tuple((x + BORDER, y + BORDER) for x, y in template.points)
    return LandmarkTemplate(SIDE, SIDE, points)


CHIP = _bordered(dlib.CHIP)
POINTS = np.array(CHIP.points, np.float32)
PARTS = dlib.DlibEncoder, mobilefacenet.MobileFaceNetEncoder
FINGERPRINT = fingerprint(
    NAME,
    dlib.FINGERPRINT,
    mobilefacenet.FINGERPRINT,
    [MOBILEFACENET_CHIP.to_dict(), CHIP.to_dict(), DLIB_SHARE],
)


class DlibMobileFaceNetEncoder(Encoder):
    """Both networks' vectors, one behind the other, each with its share of the squared distance.

    Both look at one crop, which is cut out by dlib's landmarks.
    """

    name, fingerprint, template = NAME, FINGERPRINT, _bordered(DLIB_150X150)
    height = width = SIDE
    channels = 3
    dim = sum(part.dim for part in PARTS)

    info: ClassVar[EncoderInfo | None] = EncoderInfo(
        licence=f"dlib's is CC0-1.0; MobileFaceNet's: {CASIA_LICENCE}",
        source="dlib and mobilefacenet, joined",
        accuracy={"lfw-subset": 0.99, "orl": 0.9958},
        install="needs both of them",
    )

    def __init__(self, first: dlib.DlibEncoder, second: Encoder):
        """
        Parameters:
            first: dlib's network.
            second: MobileFaceNet.
        """
        self._first, self._second = first, second
        self.calibration = shipped_calibration(CALIBRATION, FINGERPRINT)

    def encode(self, crops: Crops) -> Vectors:
        """Raises ImageError for crops of another size, DataError where weights are damaged."""
        crops = check_crop_shape(crops, self)
        first = self._first.encode(crops[:, BORDER:-BORDER, BORDER:-BORDER])
        moved = [align_face(crop, POINTS, MOBILEFACENET_CHIP) for crop in crops]
        shape = len(crops), MOBILEFACENET_CHIP.height, MOBILEFACENET_CHIP.width, self.channels
        second = self._second.encode(np.array(moved, np.uint8).reshape(shape))
        shares = math.sqrt(DLIB_SHARE), math.sqrt(1 - DLIB_SHARE)
        return np.concatenate([shares[0] * first, shares[1] * second], 1).astype(np.float32)

    def crop(self, image: RGBImage, face: Face) -> Crop:
        """A face cut out by dlib's landmarks, with a border.

        Parameters:
            image: uint8, (height, width, 1 or 3).
            face: detected in it.

        Raises FaceError for landmarks in one point.
        """
        landmarks = self._first.refine(image, face.landmarks)
        return convert_channels(align_face(image, landmarks, CHIP), self.channels)

    @classmethod
    def load(
        cls,
        argument: str,
        *,
        device: str = "auto",
        options: Mapping[str, str] | None = None,
        progress: ProgressCallback = no_progress,
    ) -> "DlibMobileFaceNetEncoder":
        """Both encoders, in PyTorch."""
        if argument:
            raise ConfigError(f"Expected no argument for {NAME}, got '{argument}'. Leave it out.")
        first, second = (part.load("", device=device, progress=progress) for part in PARTS)
        assert isinstance(first, dlib.DlibEncoder)
        return cls(first, second)

    @classmethod
    def is_available(cls) -> bool:
        """Whether both are on this machine."""
        return all(part.is_available() for part in PARTS)

    @classmethod
    def fetch(cls, progress: ProgressCallback = no_progress) -> list[Path]:
        """Fetch the files of both."""
        return [path for part in PARTS for path in part.fetch(progress)]
