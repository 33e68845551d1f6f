"""Whether two photos show the same person (1:1), or have a person in common."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.errors import FaceError
from ..calibration.calibration import Calibration
from ..detection.face import Face, box_sides
from ..drawing.reading_order import reading_order
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from .default_pipeline import resolve_pipeline
from .pipeline import FacePipeline, ImageLike
from .threshold import resolve_threshold


@dataclass(frozen=True, eq=False)
class ComparedFace:
    """Which face of a photo was compared, where all were.

    Parameters:
        number: of the face in its photo, from 1 on, as a page is read.
        count: faces of the photo.
        face: where it is, None where the photo was taken as it is.
    """

    number: int
    count: int
    face: Face | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON answers show it; the box in pixels: left, top, right, bottom."""
        return {"number": self.number, "of": self.count, "box": box_sides(self.face)}


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
            It is that of one pair of faces: of N pairs about N times as many are accepted.
        faces: the nearest face of either photo, where all faces were compared, else None.
    """

    verified: bool
    distance: float
    threshold: float
    probability: float | None
    far: float | None
    faces: tuple[ComparedFace, ComparedFace] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces verify --json` prints it."""
        compared = {"faces": [face.to_dict() for face in self.faces]} if self.faces else {}
        return {
            "same": self.verified,
            "distance": round(self.distance, 4),
            "threshold": round(self.threshold, 4),
            "probability": self.probability,
            "far": self.far,
            **compared,
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

    With a pipeline that takes all faces, every face of the first photo is compared with every one
    of the second, and the nearest two are the answer.

    Parameters:
        first: a path, a file's bytes, a PIL image, an array (RGB) or a tensor.
        second: the other photo.
        pipeline: what detects and encodes faces; by default YuNet and the default encoder.
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
    if pipeline.selection == "all":
        distance, faces = _nearest_faces(pipeline, first, second)
    else:
        faces = None
        distance = float(pipeline.embed_one(first).distances(pipeline.embed_one(second))[0, 0])
    return VerificationResult(
        verified=rule.accepts(distance),
        distance=distance,
        threshold=rule.threshold,
        probability=rule.probability(distance),
        far=rule.far,
        faces=faces,
    )


def _nearest_faces(
    pipeline: FacePipeline, first: ImageLike, second: ImageLike
) -> tuple[float, tuple[ComparedFace, ComparedFace]]:
    """The distance of the two nearest faces of two photos, and which they are."""
    (ours, our_faces), (theirs, their_faces) = (_embed(pipeline, each) for each in (first, second))
    distances = ours.distances(theirs)
    row, column = map(int, np.unravel_index(np.argmin(distances), distances.shape))
    pair = _compared(our_faces, row), _compared(their_faces, column)
    return float(distances[row, column]), pair


def _embed(pipeline: FacePipeline, photo: ImageLike) -> tuple[Embeddings, tuple[Face | None, ...]]:
    result = pipeline.embed([photo])
    for refused in result.refused:
        name = "" if refused.photo in refused.reason else f"{refused.photo}: "
        raise FaceError(f"{name}{refused.reason}")
    return result.embeddings, result.faces


def _compared(faces: tuple[Face | None, ...], row: int) -> ComparedFace:
    boxes = [face.box for face in faces if face is not None]
    number = reading_order(boxes)[row] if len(boxes) == len(faces) else 1
    return ComparedFace(number, len(faces), faces[row])
