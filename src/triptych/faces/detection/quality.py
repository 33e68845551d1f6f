"""Which faces of a photo count, and why a photo is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from ...frame.errors import ConfigError, FaceError
from .face import Face, RGBImage
from .quality_measures import FaceMeasures

FaceSelection = Literal["one", "largest", "all"]
"""`one`: a photo shows one person, and others only small in the background; `largest`: the largest
face of each photo; `all`: every face that meets the standards."""

BACKGROUND = 0.5  # a face less than half as wide as the largest stands behind it


@dataclass(frozen=True)
class QualityThresholds:
    """What a face must have to be recognised. Zero, or `inf` for the last two, asks for nothing.

    Parameters:
        min_eye_distance: pixels between the eyes, as `interocular_distance` measures them.
        min_sharpness: as `sharpness` measures it.
        max_pose_error: as `pose_error` measures it; the default is a head turned by about 70
            degrees.
        max_flatness: as `flatness` measures it, 0 … 1.
    """

    min_eye_distance: float = (
        8  # pixels between the eyes; LFW's error is 6 % there, at 6 pixels 17 %
    )
    min_sharpness: float = 0.1  # see `sharpness`; below, most errors are the blur's
    max_pose_error: float = 0.35  # see `pose_error`: a head turned by about 70 degrees
    max_flatness: float = 0.5  # see `flatness`: photos of LFW have 0.26 at most, drawn faces 0.6


def select_faces(
    image: RGBImage,
    faces: Sequence[Face],
    selection: FaceSelection,
    thresholds: QualityThresholds,
    name: str = "the photo",
) -> list[Face]:
    """The faces that count, each with its quality, the largest first; at least one.

    Parameters:
        image: uint8, (height, width, channels).
        faces: all that were detected in it.
        selection: which of them: "one", "largest" or "all".
        thresholds: what a face must have.
        name: what an error calls the photo.

    Raises FaceError where there are none, too many, or none that passes the thresholds.
    """
    check_selection(selection)
    if not faces:
        raise FaceError(f"{name}: no face was found. Take a photo that shows one upright.")
    for face in faces:
        _check_coordinates(face, name)
    ordered = sorted(faces, key=lambda face: -face.area)
    if selection == "one":
        _check_alone(ordered, name)
    measured = [
        FaceMeasures(image, face) for face in (ordered if selection == "all" else ordered[:1])
    ]
    reasons = [_issue(image, measures, thresholds) for measures in measured]
    good = [
        replace(measures.face, quality=measures.quality)
        for measures, reason in zip(measured, reasons)
        if not reason
    ]
    if not good:
        raise FaceError(f"{name}: {reasons[0]}")
    return good


def check_selection(selection: str) -> None:
    """Raise ConfigError for a selection that does not exist."""
    if selection not in get_args(FaceSelection):
        choices = ", ".join(get_args(FaceSelection))
        raise ConfigError(f"Expected faces to be one of {choices}, got '{selection}'. Choose one.")


def quality_issue(image: RGBImage, face: Face, thresholds: QualityThresholds) -> str:
    """Why a face cannot be recognised, in a sentence; empty where it can.

    Parameters:
        image: uint8, (height, width, channels).
        face: detected in it.
        thresholds: what a face must have.
    """
    return _issue(image, FaceMeasures(image, face), thresholds)


def _issue(image: RGBImage, measures: FaceMeasures, thresholds: QualityThresholds) -> str:
    """What `quality_issue` says, cheap measures first."""
    eye_distance = measures.eye_distance
    if not eye_distance > 0:
        return "the landmarks of the face lie in one point. Mend the detector."
    if eye_distance < thresholds.min_eye_distance:
        return (
            f"the face is too small: {eye_distance:.0f} pixels between the eyes, expected "
            f"{thresholds.min_eye_distance:g} or more. Take a larger photo."
        )
    if not _lies_in(image, measures.face):
        return "most of the face lies outside the photo. Take one that shows the whole face."
    if (turn := measures.pose_error) > thresholds.max_pose_error:
        return (
            f"the face is turned away too far ({turn:.2f}, expected {thresholds.max_pose_error:g} "
            "or less). Take a photo from the front."
        )
    if thresholds.min_sharpness and (sharp := measures.sharpness) < thresholds.min_sharpness:
        return (
            f"the face is too blurred (sharpness {sharp:.2f}, expected "
            f"{thresholds.min_sharpness:g} or more). Take a sharper photo."
        )
    if measures.flatness > thresholds.max_flatness:
        return "the face looks drawn, or has hardly any contrast. Take a photo of the person."
    return ""


def _check_coordinates(face: Face, name: str) -> None:
    if face.landmarks.shape != (5, 2) or not np.isfinite([*face.box, *face.landmarks.flat]).all():
        raise FaceError(
            f"{name}: expected a box and five landmarks (x, y) of each face, got numbers that are "
            "none. Mend the detector."
        )


def _check_alone(faces: list[Face], name: str) -> None:
    near = [face for face in faces if face.area > BACKGROUND**2 * faces[0].area]
    if len(near) > 1:
        raise FaceError(
            f"{name}: {len(near)} faces where one was expected. Cut out the one that is meant, or "
            "choose the largest (--faces largest)."
        )


def _lies_in(image: RGBImage, face: Face) -> bool:
    """Whether three landmarks or more are on the photo."""
    inside = (face.landmarks >= 0) & (face.landmarks <= image.shape[1::-1])
    return int(inside.all(1).sum()) >= 3
