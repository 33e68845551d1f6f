"""Faces and their landmarks detected by YuNet (Wu, Peng and Yu 2023), through OpenCV."""

import threading

import cv2
import numpy as np

from ...frame.storage.assets import fetch_or_locate, locate
from ..assets import YUNET
from ..detection.face import RGBImage
from ._detections import Detections, from_opencv
from ._pyramid import NMS_IOU
from ._search import MIN_SIDE
from ._search_detector import SearchDetector

_quiet = threading.Lock()


class YuNet(SearchDetector):
    """Detects faces of about 10 pixels and more, whichever way up a photo is; see `FaceSearch`.

    Made without its file it raises AssetNotFoundError, where that cannot be fetched either.
    """

    licence = "MIT"

    @classmethod
    def is_available(cls) -> bool:
        """Whether its file is on this machine."""
        return locate(YUNET) is not None

    def _load(self) -> None:
        self.path = str(fetch_or_locate(YUNET))
        self._pool: list[cv2.FaceDetectorYN] = []

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
