"""Who is in photos (1:N): faces looked up in a gallery; strangers are unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.read_ahead import each_image
from ..calibration.calibration import Calibration
from ..detection.face import Face, box_sides
from ..drawing.reading_order import reading_order
from ..encoders._encoder import Encoder
from ..gallery.gallery import Gallery, Match
from ..templates.nearest import nearest_templates
from .default_pipeline import resolve_pipeline
from .pipeline import FacePipeline, ImageLike
from .threshold import DecisionThreshold, resolve_threshold

LOOKED_UP = 5  # people at least, so that others within the threshold are told of


@dataclass(frozen=True)
class Candidate:
    """Somebody in the gallery who is near to a face.

    Parameters:
        person: the name.
        photo: the name of the person's nearest photo.
        distance: to that photo, or to the person's template where templates were asked for,
            Euclidean, 0 … 2.
        probability: of the same person, as that of `VerificationResult`.
    """

    person: str
    photo: str
    distance: float
    probability: float | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON answers show it."""
        return {
            "person": self.person,
            "photo": self.photo,
            "distance": round(self.distance, 4),
            "probability": self.probability,
        }


@dataclass(frozen=True, eq=False)
class IdentifiedFace:
    """Who a face is.

    Parameters:
        photo: the name of the photo it is in.
        person: the name, None for a stranger.
        candidates: the nearest people, best first, within the threshold or not.
        face: where it is, None where the photo was taken as it is.
        number: of the face in its photo, from 1 on, as a page is read: rows from above, and each
            from left to right.
        also: other people who are within the threshold too, best first: the answer is in doubt, or
            one person is in the gallery under several names.
    """

    photo: str
    person: str | None
    candidates: tuple[Candidate, ...]
    face: Face | None
    number: int = 1
    also: tuple[Candidate, ...] = ()

    @property
    def quality(self) -> float | None:
        """How well the face can be recognised, 0 … 1; None where the photo was taken as it is."""
        return self.face.quality if self.face else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON answers show it; the box in pixels: left, top, right, bottom."""
        return {
            "photo": self.photo,
            "number": self.number,
            "person": self.person,
            "box": box_sides(self.face),
            "quality": None if self.quality is None else round(self.quality, 3),
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "also": [candidate.to_dict() for candidate in self.also],
        }


@dataclass(frozen=True, eq=False)
class IdentificationResult:
    """Who is in some photos.

    Parameters:
        identities: a row for each face, in the order of the photos and of the faces' numbers.
        refused: photos without a face that counts, each with the reason.
        threshold: by which faces were called known or unknown.
        incomplete: photos of which small faces may be missing, each with how small.
    """

    identities: tuple[IdentifiedFace, ...]
    refused: tuple[SkippedImage, ...]
    threshold: DecisionThreshold
    incomplete: tuple[SkippedImage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces identify --json` prints it."""
        return {
            "threshold": round(self.threshold.threshold, 4),
            "far": self.threshold.far,
            "identities": [identity.to_dict() for identity in self.identities],
            "refused": [photo.to_dict() for photo in self.refused],
            "incomplete": [photo.to_dict() for photo in self.incomplete],
        }


def identify(
    photos: ImageLike | Iterable[ImageLike],
    gallery: Gallery,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    top: int = 5,
    threshold: float | None = None,
    calibration: Calibration | None = None,
    templates: bool = True,
    progress: ProgressCallback = no_progress,
) -> IdentificationResult:
    """Who is in photos: the nearest person of the gallery if within the threshold, else unknown.

    With N people in the gallery a stranger is tried N times, so about N times the false accept
    rate of the threshold are taken for somebody. Calibrate to a lower rate for a large gallery.

    Parameters:
        photos: one, or several as a list, a generator or an array N×…; each a path, a file's
            bytes, a PIL image, an array or a tensor.
        gallery: of the encoder that is used.
        pipeline: what detects and encodes faces; by default YuNet and the default encoder,
            all faces.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        top: how many of the nearest people to name.
        threshold: the largest distance of one person's faces, 0 … 2; by default that of
            `calibration`, of the gallery, of the encoder: the first there is.
        calibration: one of the same encoder.
        templates: whether a person's distance is that to the mean of the enrolled photos, or else
            that to the nearest one. On celeb24 means were right more often, and named half as many
            strangers.
        progress: told how many photos are done.

    Raises EncoderMismatchError for a gallery or calibration of another encoder, ConfigError without
    a threshold, GalleryError where the gallery cannot be read.
    """
    pipeline = resolve_pipeline(pipeline, encoder, "all")
    rule = resolve_threshold(pipeline.encoder, threshold, calibration, gallery.calibration)
    result = pipeline.embed([*each_image(photos)], progress=progress)
    embeddings, faces = result.embeddings, result.faces
    look_up = nearest_templates if templates else Gallery.identify
    matches = look_up(gallery, embeddings.vectors, top=max(top, LOOKED_UP) if top > 0 else top)
    numbers = _numbers(embeddings.photos, faces)
    identities = [
        _identity(photo, face, number, nearest, rule, top)
        for photo, face, number, nearest in zip(embeddings.photos, faces, numbers, matches)
    ]
    order = {photo: place for place, photo in enumerate(dict.fromkeys(embeddings.photos))}
    identities.sort(key=lambda each: (order[each.photo], each.number))
    return IdentificationResult(tuple(identities), result.refused, rule, result.incomplete)


def _numbers(photos: Sequence[str], faces: Sequence[Face | None]) -> list[int]:
    """The number of each face in its photo."""
    numbers = [1] * len(photos)
    rows_of: dict[str, list[int]] = {}
    for row, photo in enumerate(photos):
        rows_of.setdefault(photo, []).append(row)
    for rows in rows_of.values():
        boxes = [face.box for row in rows if (face := faces[row]) is not None]
        if len(boxes) == len(rows):
            for row, number in zip(rows, reading_order(boxes)):
                numbers[row] = number
    return numbers


def _identity(
    photo: str,
    face: Face | None,
    number: int,
    matches: Sequence[Match],
    rule: DecisionThreshold,
    top: int,
) -> IdentifiedFace:
    near = tuple(
        Candidate(match.person, match.photo, match.distance, rule.probability(match.distance))
        for match in matches
    )
    accepted = tuple(candidate for candidate in near if rule.accepts(candidate.distance))
    person = accepted[0].person if accepted else None
    return IdentifiedFace(photo, person, near[:top], face, number, accepted[1:])
