"""What detectors have in common whose network `FaceSearch` shows a photo at several sizes."""

from abc import abstractmethod

from ..detection.face import Face, RGBImage
from ._detections import Detections
from ._detector import Detector
from ._search import FaceSearch


class SearchDetector(Detector):
    """A network that sees faces of a certain size, upright ones best; the search does the rest.

    A subclass says how the network is loaded and what it sees in one picture.
    """

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

        Raises ConfigError for a smallest face that is no size, and what `_load` raises.
        """
        self.score, self.smallest_face = score, smallest_face
        self.search = FaceSearch(self._run, side, smallest_face, relevant)
        self._load()

    @abstractmethod
    def _load(self) -> None:
        """Load the network. Raises AssetNotFoundError or MissingDependencyError without it."""

    @abstractmethod
    def _run(self, picture: RGBImage) -> Detections:
        """What the network sees in an RGB picture. It may be asked by several threads at once."""

    def detect(self, image: RGBImage) -> list[Face]:
        return self.search(image)

    def limit(self, height: int, width: int) -> float:
        return self.search.limit(height, width)
