"""Faces and their landmarks detected by YuNet (Wu, Peng and Yu 2023), through OpenCV."""

import threading

import cv2
import numpy as np
from jaxtyping import Float32

from ...frame.errors import ImageError
from ...frame.storage.assets import fetch_or_locate
from ...frame.storage.images import resize
from ..assets import YUNET
from .alignment import convert_channels
from .face import Face, RGBImage

MIN_SIDE = 320  # side in pixels a small photo is enlarged to: 400 of 400 faces of ORL are found
NMS_IOU = 0.3  # boxes that share more are one face
LONG = 4  # a panorama is looked at with no more than so many sides in length
NARROW = 8  # pixels: no face fits into less
BORDER = 0.25  # of the longer side, added around for the second look: faces that fill the photo
ZOOM = 2  # times the side, for the third look: faces far away
_quiet = threading.Lock()


class YuNet:
    """Detects faces of about 10 pixels and more, upright ones best.

    A photo is resized to about `side` × `side` pixels at most; those below 320 × 320 are enlarged.
    Where nothing is detected it is tried again, with borders repeated around the photo, and then
    larger, if the photo has the pixels. It may serve several threads at once.
    """

    def __init__(self, *, score: float = 0.6, side: int = 640):
        """
        Parameters:
            score: how sure it must be, 0 … 1.
            side: pixels; the size that photos are shrunk to is its square.

        Raises AssetNotFoundError where the network is neither at hand nor to be fetched.
        """
        self.score, self.side = score, side
        self.path = str(fetch_or_locate(YUNET))
        self._pool: list[cv2.FaceDetectorYN] = []

    def detect(self, image: RGBImage) -> list[Face]:
        """All faces of a photo, the largest first.

        Parameters:
            image: uint8, (height, width, channels), grey or RGB.

        Raises ImageError for another number of channels.
        """
        if image.shape[2] not in (1, 3):
            raise ImageError(
                f"Expected a grey or RGB photo, got {image.shape[2]} channels. Convert it."
            )
        if min(image.shape[:2]) < NARROW:
            return []
        full = float(np.sqrt(image.shape[0] * image.shape[1]))
        side = min(max(full, MIN_SIDE), self.side)
        faces = self._detect_at_scale(image, side) or self._detect_padded(
            image, min(side, MIN_SIDE)
        )
        if not faces and full > self.side:
            faces = self._detect_at_scale(image, min(full, ZOOM * self.side))
        return sorted(faces, key=lambda face: -face.area)

    def _detect_at_scale(self, image: RGBImage, side: float) -> list[Face]:
        """The faces seen where the photo is brought to about `side` × `side` pixels."""
        height, width = image.shape[:2]
        scale = min(side / np.sqrt(height * width), LONG * side / max(height, width))
        small = resize(image, max(1, round(height * scale)), max(1, round(width * scale)))
        rows = self._run(np.ascontiguousarray(convert_channels(small, 3)[..., ::-1]))
        stretch = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
        return [_face(row, stretch) for row in rows]

    def _detect_padded(self, image: RGBImage, side: float) -> list[Face]:
        border = int(BORDER * max(image.shape[:2]))
        small = image
        if border > side:  # no need to copy fifty million pixels for that
            shrink = 2 * side / max(image.shape[:2])
            small = resize(image, *(max(1, round(size * shrink)) for size in image.shape[:2]))
            border = int(BORDER * max(small.shape[:2]))
        padded = np.pad(small, ((border, border), (border, border), (0, 0)), "edge")
        stretch = np.array([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]])
        return [_moved(face, border, stretch) for face in self._detect_at_scale(padded, side)]

    def _run(self, bgr: RGBImage) -> Float32[np.ndarray, "faces 15"]:
        """What OpenCV says of a BGR picture: box (x, y, width, height), landmarks, score."""
        detector = self._pool.pop() if self._pool else self._create()
        detector.setInputSize(bgr.shape[1::-1])
        _, rows = detector.detect(bgr)
        self._pool.append(detector)  # a detector serves one thread at a time
        return np.zeros((0, 15), np.float32) if rows is None else rows

    def _create(self) -> cv2.FaceDetectorYN:
        # OpenCV 5 warns on stderr of a setting nobody made
        with _quiet:
            level = cv2.utils.logging.getLogLevel()
            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
            try:
                return cv2.FaceDetectorYN.create(
                    self.path, "", (MIN_SIDE, MIN_SIDE), self.score, NMS_IOU
                )
            finally:
                cv2.utils.logging.setLogLevel(level)


def _face(row: Float32[np.ndarray, "15"], stretch: Float32[np.ndarray, "2"]) -> Face:
    corners = np.stack([row[:2], row[:2] + row[2:4]]) * stretch
    (left, top), (right, bottom) = corners.tolist()
    return Face(left, top, right, bottom, row[4:14].reshape(5, 2) * stretch, float(row[14]))


def _moved(face: Face, border: int, stretch: np.ndarray) -> Face:
    """The face in pixels of the photo the border was put around."""
    corners = np.array([[face.left, face.top], [face.right, face.bottom]])
    (left, top), (right, bottom) = ((corners - border) * stretch).tolist()
    landmarks = ((face.landmarks - border) * stretch).astype(np.float32)
    return Face(left, top, right, bottom, landmarks, face.score)
