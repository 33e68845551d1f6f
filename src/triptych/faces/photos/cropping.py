"""Photos cut to what a network learns from: faces found and aligned, or pictures whole."""

from typing import Literal

from ...frame.errors import FaceError
from ...frame.storage import images
from ..detection.alignment import Crop, align_face, center_crop, convert_channels, resize_whole
from ..detection.face import FaceDetector
from ..detection.template import ARCFACE_112X96, LandmarkTemplate
from .identity_folder import ImageFile

CropMode = Literal["find", "aligned", "whole"]


def scaled_template(height: int, width: int) -> LandmarkTemplate:
    """The customary places of the landmarks for a crop of this size: `NARROW` scaled to its
    height and in its middle, so 112 × 96 and 112 × 112 are `NARROW` and `SQUARE` themselves."""
    scale = height / ARCFACE_112X96.height
    middle = (width - scale * ARCFACE_112X96.width) / 2
    return LandmarkTemplate(
        height, width, tuple((scale * x + middle, scale * y) for x, y in ARCFACE_112X96.points)
    )


class Cropper:
    """Reads a photo and cuts it; the same way whenever the same is asked for."""

    def __init__(
        self,
        mode: CropMode,
        height: int,
        width: int,
        channels: int,
        detector: FaceDetector | None = None,
    ):
        """Where faces are to be found, `finder` finds them; YuNet, if none is handed in."""
        self.height, self.width, self.channels = height, width, channels
        self.template = None if mode == "whole" else scaled_template(height, width)
        self.detector = detector if mode == "find" else None
        if mode == "find" and detector is None:
            from ..detection.yunet import YuNet

            self.detector = YuNet()

    def __call__(self, photo: ImageFile) -> Crop:
        """The crop of the largest face, just as `reading.Reader` will cut it.

        Raises ImageError, or FaceError where no face is found."""
        pixels = images.read(photo.bytes(), name=photo.name)
        if self.template is None:
            return resize_whole(pixels, self.height, self.width, self.channels)
        if self.detector is None:
            return convert_channels(center_crop(pixels, self.template), self.channels)
        faces = self.detector.detect(pixels)
        if not faces:
            raise FaceError(f"No face found in {photo.name}. Leave it out, or crop it closer.")
        return convert_channels(
            align_face(pixels, faces[0].landmarks, self.template), self.channels
        )
