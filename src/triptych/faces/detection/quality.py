"""Which faces of a photo count, and why a photo is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np

from ...frame.errors import ConfigError, FaceError
from .alignment import align_face, convert_channels, estimate_similarity
from .face import Face, RGBImage
from .template import ARCFACE_112X96

FaceSelection = Literal["one", "largest", "all"]
"""`one`: a photo shows one person, and others only small in the background; `largest`: the largest
face of each photo; `all`: every face that meets the standards."""

BACKGROUND = 0.5  # a face less than half as wide as the largest stands behind it
TEMPLATE_EYE_DISTANCE = 35.24  # pixels between the eyes in the template
AXES = ((1, 0), (0, 1))
FLAT = 1e-3  # squared grey levels a pixel: a face of one colour
INNER = (slice(24, 104), slice(12, 84))  # of the template's crop: the face without hair and ground


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
    max_pose_error: float = 0.35  # see `turned`: a head turned by about 70 degrees
    max_flatness: float = 0.5  # see `plainness`: photos of LFW have 0.26 at most, drawn faces 0.6


def select_faces(
    image: RGBImage,
    faces: Sequence[Face],
    selection: FaceSelection,
    thresholds: QualityThresholds,
    name: str = "the photo",
) -> list[Face]:
    """The faces that count, the largest first; at least one.

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
    if selection == "all":
        reasons = [quality_issue(image, face, thresholds) for face in ordered]
        good = [face for face, reason in zip(ordered, reasons) if not reason]
        if good:
            return good
        raise FaceError(f"{name}: {reasons[0]}")
    if selection == "one":
        _check_alone(ordered, name)
    if reason := quality_issue(image, ordered[0], thresholds):
        raise FaceError(f"{name}: {reason}")
    return ordered[:1]


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
    eye_distance = interocular_distance(face)
    if not eye_distance > 0:
        return "the landmarks of the face lie in one point. Mend the detector."
    if eye_distance < thresholds.min_eye_distance:
        return (
            f"the face is too small: {eye_distance:.0f} pixels between the eyes, expected "
            f"{thresholds.min_eye_distance:g} or more. Take a larger photo."
        )
    if not _lies_in(image, face):
        return "most of the face lies outside the photo. Take one that shows the whole face."
    if (turn := pose_error(face)) > thresholds.max_pose_error:
        return (
            f"the face is turned away too far ({turn:.2f}, expected {thresholds.max_pose_error:g} "
            "or less). Take a photo from the front."
        )
    if thresholds.min_sharpness and (sharp := sharpness(image, face)) < thresholds.min_sharpness:
        return (
            f"the face is too blurred (sharpness {sharp:.2f}, expected "
            f"{thresholds.min_sharpness:g} or more). Take a sharper photo."
        )
    if flatness(image, face) > thresholds.max_flatness:
        return "the face looks drawn, or has hardly any contrast. Take a photo of the person."
    return ""


def interocular_distance(face: Face) -> float:
    """Pixels between the eyes, as they would be if the face looked ahead; 0 where all landmarks are
    one point.

    It is taken from all five landmarks, for the eyes of a face turned aside are close together.
    """
    (matrix,) = estimate_similarity(face.landmarks[None], ARCFACE_112X96)
    scale = float(np.hypot(*matrix[:, 0]))
    return TEMPLATE_EYE_DISTANCE / scale if np.isfinite(scale) and scale > 0 else 0.0


def pose_error(face: Face) -> float:
    """How unlike those of a frontal face the landmarks lie: the root of their mean squared
    distance, after alignment, in units of the distance between the eyes.

    0.02 from the front, and by a head of five points 0.13 where turned by 40 degrees to a side,
    0.25 by 60, 0.32 by 70; up or down about the same.
    """
    (matrix,) = estimate_similarity(face.landmarks[None], ARCFACE_112X96)
    moved = face.landmarks @ matrix[:, :2].T + matrix[:, 2]
    return float(
        np.sqrt(np.square(moved - ARCFACE_112X96.points).sum(1).mean()) / TEMPLATE_EYE_DISTANCE
    )


def sharpness(image: RGBImage, face: Face) -> float:
    """How fine the finest detail of the aligned face is: mean square of the Laplacian over that of
    the gradient, in 1 / pixel², a little smoothed against noise.

    A ratio, so neither light nor contrast counts. Faces of LFW have 0.29 and more, of ORL 0.14;
    blurred by 2 pixels (standard deviation; 35 between the eyes) about 0.14, by 3 0.08.

    Parameters:
        image: uint8, (height, width, channels).
        face: detected in it.
    """
    grey = convert_channels(align_face(image, face.landmarks, ARCFACE_112X96), 1)[..., 0].astype(
        np.float32
    )
    grey = cv2.GaussianBlur(grey, (0, 0), 1)
    bends = np.square(cv2.Laplacian(grey, cv2.CV_32F)[INNER]).mean()
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *axis, scale=1 / 8)[INNER] for axis in AXES)
    return float(bends / max(np.square(across).mean() + np.square(down).mean(), FLAT))


def flatness(image: RGBImage, face: Face) -> float:
    """The share of the face's box that its eight commonest grey levels cover, 0 … 1: drawings have
    few colours, photos many.

    Parameters:
        image: uint8, (height, width, channels).
        face: detected in it.
    """
    low = np.clip([face.left, face.top], 0, np.array(image.shape[1::-1]) - 1).astype(int)
    high = np.clip([face.right, face.bottom], low + 1, image.shape[1::-1]).astype(int)
    grey = convert_channels(image[low[1] : high[1], low[0] : high[0]], 1)
    counts = np.sort(np.bincount(grey.ravel(), minlength=256))
    return float(counts[-8:].sum() / counts.sum())


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
