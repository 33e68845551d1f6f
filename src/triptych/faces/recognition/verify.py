"""Is this the same person? Two photos, one answer."""

from dataclasses import dataclass
from typing import Any

from ..calibration.calibration import Calibration
from ..encoders._build import open_encoder
from .pipeline import Readable, Reader
from .threshold import rule


@dataclass(frozen=True)
class Verdict:
    """Whether two photos show the same person, and on what grounds.

    `distance` is Euclidean between unit vectors, 0 … 2. `probability` of the same person holds if
    both answers were equally likely before; None without a calibration. `far` is the false accept
    rate the threshold was chosen for; None where somebody just set it."""

    same: bool
    distance: float
    threshold: float
    probability: float | None
    far: float | None

    def json(self) -> dict[str, Any]:
        return {
            "same": self.same,
            "distance": round(self.distance, 4),
            "threshold": round(self.threshold, 4),
            "probability": self.probability,
            "far": self.far,
        }


def verify(
    first: Readable,
    second: Readable,
    *,
    reader: Reader | None = None,
    threshold: float | None = None,
    calibration: Calibration | None = None,
) -> Verdict:
    """Whether two photos show the same person. Without a `reader`, YuNet finds the face and
    MobileFaceNet encodes it.

    Raises ImageError for a photo that cannot be read, FaceError for one without a face or with
    several, EncoderMismatchError for a calibration of another encoder, ConfigError without a
    threshold."""
    reader = reader or Reader(open_encoder())
    held = rule(reader.encoder, threshold, calibration)
    distance = float(reader.one(first).distances(reader.one(second))[0, 0])
    return Verdict(
        same=held.accepts(distance),
        distance=distance,
        threshold=held.threshold,
        probability=held.probability(distance),
        far=held.far,
    )
