"""Who is it? Faces of photos looked up in a gallery; strangers are unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.image_folder import SkippedImage
from ..calibration.calibration import Calibration
from ..detection.face import Face
from ..gallery.gallery import Gallery, Match
from .pipeline import FacePipeline, ImageLike
from .threshold import DecisionThreshold, resolve_threshold

SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True)
class Candidate:
    """Somebody in the gallery, the photo of theirs that is nearest, and how near it is;
    `probability` is that of `verifying.Verdict`."""

    person: str
    photo: str
    distance: float
    probability: float | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "photo": self.photo,
            "distance": round(self.distance, 4),
            "probability": self.probability,
        }


@dataclass(frozen=True, eq=False)
class IdentifiedFace:
    """Who a face is: `person` is None for a stranger.

    `candidates` are the nearest people, best first, within the threshold or not. `face` is None
    where the photo was taken whole."""

    photo: str
    person: str | None
    candidates: tuple[Candidate, ...]
    face: Face | None

    def to_dict(self) -> dict[str, Any]:
        face = self.face
        box = None if face is None else {side: round(getattr(face, side), 1) for side in SIDES}
        return {
            "photo": self.photo,
            "person": self.person,
            "box": box,
            "candidates": [candidate.to_dict() for candidate in self.candidates],
        }


@dataclass(frozen=True, eq=False)
class IdentificationResult:
    """Everybody found in some photos, and the photos that were refused."""

    identities: tuple[IdentifiedFace, ...]
    refused: tuple[SkippedImage, ...]
    threshold: DecisionThreshold

    def to_dict(self) -> dict[str, Any]:
        return {
            "threshold": round(self.threshold.threshold, 4),
            "far": self.threshold.far,
            "identities": [identity.to_dict() for identity in self.identities],
            "refused": [each.to_dict() for each in self.refused],
        }


def identify(
    photos: Sequence[ImageLike],
    gallery: Gallery,
    *,
    pipeline: FacePipeline,
    top: int = 5,
    threshold: float | None = None,
    calibration: Calibration | None = None,
    progress: ProgressCallback = no_progress,
) -> IdentificationResult:
    """Who is in some photos: the nearest person of the gallery if within the threshold, else
    unknown. The threshold is the one given, else that of `calibration`, of the gallery, of the
    encoder.

    With N people in the gallery a stranger is tried N times, so about N times the false accept
    rate of the threshold are taken for somebody. Calibrate to a lower rate for a large gallery.

    Raises EncoderMismatchError for a gallery or calibration of another encoder, ConfigError without
    a threshold, GalleryError where the gallery cannot be read."""
    rule = resolve_threshold(pipeline.encoder, threshold, calibration, gallery.calibration)
    read = pipeline.embed(photos, progress=progress)
    matches = gallery.identify(read.embeddings.vectors, top=top)
    identities = [
        _identity(photo, face, matches, rule)
        for photo, face, matches in zip(read.embeddings.photos, read.faces, matches)
    ]
    return IdentificationResult(tuple(identities), read.refused, rule)


def _identity(
    photo: str, face: Face | None, matches: Sequence[Match], rule: DecisionThreshold
) -> IdentifiedFace:
    candidates = tuple(
        Candidate(match.person, match.photo, match.distance, rule.probability(match.distance))
        for match in matches
    )
    is_known = bool(candidates) and rule.accepts(candidates[0].distance)
    return IdentifiedFace(photo, candidates[0].person if is_known else None, candidates, face)
