"""Is this the same person? Two photos, one answer."""

from dataclasses import dataclass
from typing import Any

from ..calibration.calibration import Calibration
from ..encoders._build import load_encoder
from .pipeline import FacePipeline, ImageLike
from .threshold import resolve_threshold


@dataclass(frozen=True)
class VerificationResult:
    """Whether two photos show the same person, and on what grounds.

    `distance` is Euclidean between unit vectors, 0 … 2. `probability` of the same person holds if
    both answers were equally likely before; None without a calibration. `far` is the false accept
    rate the threshold was chosen for; None where somebody just set it."""

    verified: bool
    distance: float
    threshold: float
    probability: float | None
    far: float | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "same": self.verified,
            "distance": round(self.distance, 4),
            "threshold": round(self.threshold, 4),
            "probability": self.probability,
            "far": self.far,
        }


def verify(
    first: ImageLike,
    second: ImageLike,
    *,
    pipeline: FacePipeline | None = None,
    threshold: float | None = None,
    calibration: Calibration | None = None,
) -> VerificationResult:
    """Whether two photos show the same person. Without a `reader`, YuNet finds the face and
    MobileFaceNet encodes it.

    Raises ImageError for a photo that cannot be read, FaceError for one without a face or with
    several, EncoderMismatchError for a calibration of another encoder, ConfigError without a
    threshold."""
    pipeline = pipeline or FacePipeline(load_encoder())
    rule = resolve_threshold(pipeline.encoder, threshold, calibration)
    distance = float(pipeline.embed_one(first).distances(pipeline.embed_one(second))[0, 0])
    return VerificationResult(
        verified=rule.accepts(distance),
        distance=distance,
        threshold=rule.threshold,
        probability=rule.probability(distance),
        far=rule.far,
    )
