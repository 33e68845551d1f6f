"""Photos cut to what a network is trained on: faces detected and aligned, or images whole."""

from typing import Literal

from ...frame.errors import FaceError
from ...frame.storage import images
from ..detection.face import Crop, FaceDetector
from ..detection.network_crop import network_crop
from ..detection.template import ARCFACE_112X96, DLIB_150X150, LandmarkTemplate, scaled_template
from .identity_folder import ImageFile

CropMode = Literal["find", "aligned", "whole"]
TemplateName = Literal["arcface", "dlib"]


def crop_template(
    mode: CropMode, height: int, width: int, template: TemplateName = "arcface"
) -> LandmarkTemplate | None:
    """Where landmarks lie in crops; None where images are taken whole.

    Parameters:
        mode: how photos are cut.
        height: of a crop, in pixels.
        width: of a crop, in pixels.
        template: whose positions: ArcFace's or those of dlib's network.
    """
    if mode == "whole":
        return None
    return scaled_template(height, width, DLIB_150X150 if template == "dlib" else ARCFACE_112X96)


class Cropper:
    """Reads a photo and cuts it; the same way whenever the same is asked for."""

    def __init__(
        self,
        mode: CropMode,
        height: int,
        width: int,
        channels: int,
        detector: FaceDetector | None = None,
        template: TemplateName = "arcface",
    ):
        """
        Parameters:
            mode: "find" detects faces and aligns them; "aligned" takes the middle of aligned crops;
                "whole" takes images whole.
            height: of a crop, in pixels.
            width: of a crop, in pixels.
            channels: 1 for grey, 3 for RGB.
            detector: what finds faces; by default that of `load_detector`.
            template: where the landmarks of a face lie in a crop.

        Raises AssetNotFoundError where YuNet is needed and not to be had.
        """
        self.height, self.width, self.channels = height, width, channels
        self.template = crop_template(mode, height, width, template)
        self.detector = detector if mode == "find" else None
        if mode == "find" and detector is None:
            from ..detectors._build import load_detector

            self.detector = load_detector(relevant=1.0)

    def __call__(self, photo: ImageFile) -> Crop:
        """The crop of the largest face, just as `FacePipeline` will cut it.

        Raises ImageError, or FaceError where no face is detected.
        """
        pixels = images.read(photo.bytes(), name=photo.name)
        landmarks = None
        if self.detector is not None:
            faces = self.detector.detect(pixels)
            if not faces:
                raise FaceError(f"No face found in {photo.name}. Leave it out, or crop it closer.")
            landmarks = faces[0].landmarks
        shape = self.height, self.width, self.channels
        return network_crop(pixels, landmarks, self.template, shape)
