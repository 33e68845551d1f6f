"""Faces and their landmarks detected by YuNet (Wu, Peng and Yu 2023), through OpenCV."""

import threading

import cv2
import numpy as np

from ...frame.storage.assets import fetch_or_locate, locate
from ..assets import YUNET
from ..detection.face import Face, RGBImage
from ._detections import Detections, from_opencv
from ._detector import Detector
from ._pyramid import NMS_IOU
from ._search import MIN_SIDE, FaceSearch

_quiet = threading.Lock()


class YuNet(Detector):
    """Detects faces of about 10 pixels and more, whichever way up a photo is; see `FaceSearch`."""

    licence = "MIT"

    def __init__(
        self,
        *,
        score: float = 0.6,
        side: int = 640,
        smallest_face: float | None = None,
        relevant: float = 0.0,
    ):
        """
        Parameters:
            score: how sure it must be, 0 … 1.
            side: pixels; photos are first shrunk to about its square.
            smallest_face: the narrowest face that counts, in pixels of the photo, or below 1 as a
                share of its longer side. By default a large photo is looked at in about 1920 × 1920
                pixels.
            relevant: faces less than so many times as wide as the largest may be passed over,
                0 … 1; it saves time.

        Raises ConfigError for a smallest face that is no size, AssetNotFoundError where the network
        is neither at hand nor to be fetched.
        """
        self.score, self.smallest_face = score, smallest_face
        self.search = FaceSearch(self._run, side, smallest_face, relevant)
        self.path = str(fetch_or_locate(YUNET))
        self._pool: list[cv2.FaceDetectorYN] = []

    @classmethod
    def is_available(cls) -> bool:
        """Whether its file is on this machine."""
        return locate(YUNET) is not None

    def detect(self, image: RGBImage) -> list[Face]:
        """All faces of a photo, the largest first.

        Parameters:
            image: uint8, (height, width, channels), grey or RGB.

        Raises ImageError for another number of channels.
        """
        return self.search(image)

    def limit(self, height: int, width: int) -> float:
        """Pixels across of the smallest face that is surely seen in a photo of this size; 0 where
        it is looked at in all its pixels, or as closely as was asked.

        Parameters:
            height: of the photo.
            width: of the photo.
        """
        return self.search.limit(height, width)

    def _run(self, picture: RGBImage) -> Detections:
        """What OpenCV says of an RGB picture."""
        detector = self._pool.pop() if self._pool else self._create()
        detector.setInputSize(picture.shape[1::-1])
        _, rows = detector.detect(np.ascontiguousarray(picture[..., ::-1]))
        self._pool.append(detector)  # a detector serves one thread at a time
        return from_opencv(rows)

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
