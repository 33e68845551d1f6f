"""Whether two photos show the same person (1:1)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..calibration.calibration import Calibration
from ..encoders._encoder import Encoder
from .default_pipeline import resolve_pipeline
from .pipeline import FacePipeline, ImageLike
from .threshold import resolve_threshold


@dataclass(frozen=True)
class VerificationResult:
    """Whether two photos show the same person, and how sure that is.

    Parameters:
        verified: whether they do: the distance is at most the threshold.
        distance: Euclidean between unit vectors, 0 … 2.
        threshold: the largest distance of one person's faces.
        probability: of the same person, 0 … 1, if both answers were equally likely before; None
            without a calibration.
        far: the false accept rate the threshold was found for; None where somebody just set it.
    """

    verified: bool
    distance: float
    threshold: float
    probability: float | None
    far: float | None

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces verify --json` prints it."""
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
    encoder: Encoder | str | Path | None = None,
    threshold: float | None = None,
    calibration: Calibration | None = None,
) -> VerificationResult:
    """Whether two photos show the same person.

    Parameters:
        first: a path, a file's bytes, a PIL image, an array (RGB) or a tensor.
        second: the other photo.
        pipeline: what detects and encodes faces; by default YuNet and MobileFaceNet.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file. Give a
            loaded one where you call often; only the default is kept from call to call.
        threshold: the largest distance of one person's faces, 0 … 2; by default the calibration's.
        calibration: by default the encoder's own.

    Raises ImageError for a photo that cannot be read, FaceError for one without a face or with
    several, EncoderMismatchError for a calibration of another encoder, ConfigError without a
    threshold.
    """
    pipeline = resolve_pipeline(pipeline, encoder, "one")
    rule = resolve_threshold(pipeline.encoder, threshold, calibration)
    distance = float(pipeline.embed_one(first).distances(pipeline.embed_one(second))[0, 0])
    return VerificationResult(
        verified=rule.accepts(distance),
        distance=distance,
        threshold=rule.threshold,
        probability=rule.probability(distance),
        far=rule.far,
    )
