"""Photos to aligned faces: a large photo is read no larger than its faces ask for."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ...frame.errors import FaceError
from ...frame.storage import images
from ...frame.storage.decoding.reduced_image import as_reduced_image
from ..detection.face import Crop, Face, FaceDetector, RGBImage
from ..detection.quality import BACKGROUND, FaceSelection, QualityThresholds, select_faces
from ..detection.quality_measures import interocular_distance
from ..detectors._detector import Detector
from ..encoders._encoder import Encoder
from ..photos.identity_folder import ImageFile
from .pipeline_result import FaceCrop

RELEVANT = {"one": BACKGROUND, "largest": 1.0, "all": 0.0}  # see `FaceSearch`
FIRST_SIDE = 640  # pixels of a photo of which only the largest face counts, read for the first time
ALL_SIDE = 1728  # ... and of one of which all count: half of twelve million pixels will do
EYE_DISTANCE = 0.4  # of the crop's side: so many pixels between the eyes lose nothing in the crop
NEARLY = 1.5  # times the smallest face surely seen: whoever has faces so small may have smaller

ImageLike = ImageFile | images.ImageLike
"""A photo of a folder of people, or any image that `frame.storage.images.as_image` takes: a path,
a file's bytes, a PIL image, an array or a tensor."""


class PhotoReader:
    """Reads photos, detects their faces and cuts them as an encoder wants them.

    Only of JPEG files, and only for detectors of our own, whose coordinates do not change with the
    size of what they are shown, less than the whole picture is decoded: the first time no more
    than detection needs, and again where a face turns out too small for its crop.
    """

    def __init__(
        self,
        encoder: Encoder,
        detector: FaceDetector | None,
        selection: FaceSelection,
        thresholds: QualityThresholds,
    ):
        """
        Parameters:
            encoder: whose crops are made.
            detector: what finds faces; None where photos are taken as they are.
            selection: which faces count: "one", "largest" or "all".
            thresholds: what a face must have to count.
        """
        self.encoder, self.detector = encoder, detector
        self.selection: FaceSelection = selection
        self.thresholds = thresholds

    def read(self, photo: ImageLike, name: str) -> tuple[list[FaceCrop], str]:
        """The faces of a photo that count, the largest first, and what is to be told of it, if any.

        Parameters:
            photo: to be read.
            name: what an error calls it.

        Raises ImageError where it cannot be read, FaceError where no face counts.
        """
        source = photo.bytes() if isinstance(photo, ImageFile) else photo
        if self.detector is None:
            image = images.as_image(source, name=name)
            return [FaceCrop(self.encoder.crop_aligned(image), None)], ""
        image, by, faces = self._detect(source, name)
        limit = self._smallest_seen(image) * by
        if not faces and limit:
            raise FaceError(
                f"{name}: no face was found of about {limit:.0f} pixels or more. Take a photo that "
                "shows one larger, or look closer (--smallest-face)."
            )
        thresholds = replace(
            self.thresholds, min_eye_distance=self.thresholds.min_eye_distance / by
        )
        counted = select_faces(image, faces, self.selection, thresholds, name)
        crops = [FaceCrop(self.encoder.crop(image, face), scaled(face, by)) for face in counted]
        return crops, self._passed_over(faces, by, limit)

    def crop(self, photo: ImageLike, face: Face | None, name: str) -> Crop:
        """What the encoder sees of a face that was detected before.

        Parameters:
            photo: the photo it was detected in.
            face: in pixels of the photo; None where the photo is taken as it is.
            name: what an error calls the photo.

        Raises ImageError where the photo cannot be read.
        """
        source = photo.bytes() if isinstance(photo, ImageFile) else photo
        if face is None:
            return self.encoder.crop_aligned(images.as_image(source, name=name))
        image, by = as_reduced_image(source, np.inf, name=name)
        return self.encoder.crop(image, scaled(face, 1 / by))

    def _detect(self, source: images.ImageLike, name: str) -> tuple[RGBImage, int, list[Face]]:
        """The photo, what its sides were divided by, and all its faces in pixels of that."""
        assert self.detector is not None
        every = self.selection == "all"
        side = ALL_SIDE if every else FIRST_SIDE
        ours = isinstance(self.detector, Detector) and self.detector.smallest_face is None
        image, by = as_reduced_image(source, side if ours else np.inf, name=name)
        faces = self.detector.detect(image)
        if by == 1 or (faces and self._are_large(faces if every else faces[:1])):
            return image, by, faces
        whole, finer = as_reduced_image(source, np.inf, name=name)
        if finer == by:
            return image, by, faces
        if every and faces:
            return whole, finer, [scaled(face, by / finer) for face in faces]
        return whole, finer, self.detector.detect(whole)

    def _are_large(self, faces: list[Face]) -> bool:
        """Whether crops of all faces lose nothing."""
        needed = EYE_DISTANCE * max(self.encoder.height, self.encoder.width)
        needed = max(needed, self.thresholds.min_eye_distance)
        return all(interocular_distance(face) >= needed for face in faces)

    def _smallest_seen(self, image: RGBImage) -> float:
        """Pixels of the smallest face that is surely seen; 0 where nothing limits it but pixels."""
        if not isinstance(self.detector, Detector):
            return 0.0
        return self.detector.limit(*image.shape[:2])

    def _passed_over(self, faces: list[Face], by: int, limit: float) -> str:
        widths = [(face.right - face.left) * by for face in faces]
        if self.selection != "all" or not limit or min(widths) > NEARLY * limit:
            return ""
        return (
            f"faces of less than about {limit:.0f} pixels may have been passed over. To look "
            f"closer: --smallest-face {max(8, limit / 2):.0f}"
        )


def scaled(face: Face, factor: float) -> Face:
    """The face in a photo that is `factor` times as high and wide.

    Parameters:
        face: in pixels of the photo as it is.
        factor: above 0.
    """
    if factor == 1:
        return face
    left, top, right, bottom = (side * factor for side in face.box)
    landmarks = (face.landmarks * factor).astype(np.float32)
    return replace(face, left=left, top=top, right=right, bottom=bottom, landmarks=landmarks)


def name_and_identity(photo: ImageLike, otherwise: str) -> tuple[str, str]:
    """What to call a photo, and who is in it, empty where nobody said.

    Parameters:
        photo: to be named.
        otherwise: its name where it has none of its own.
    """
    if isinstance(photo, ImageFile):
        return photo.name, photo.person
    return (str(photo), "") if isinstance(photo, (str, Path)) else (otherwise, "")
