"""How well a face can be recognised: four measures of it, and one score of all four."""

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from .alignment import align_face, convert_channels, estimate_similarity
from .face import Face, RGBImage
from .template import ARCFACE_112X96

TEMPLATE_EYE_DISTANCE = 35.24  # pixels between the eyes in the template
AXES = ((1, 0), (0, 1))
FLAT = 1e-3  # squared grey levels a pixel: a face of one colour
INNER = (slice(24, 104), slice(12, 84))  # of the template's crop: the face without hair and ground

# of the log odds of acceptance, see `quality_score`
INTERCEPT, EYES, SHARP, POSE, DRAWN = 3.25, 0.45, 1.6, -4.4, -6.4
FULL_EYES, FULL_SHARPNESS = 35.0, 0.6  # more than that told nothing more
LEAST_POSE, LEAST_FLATNESS = 0.05, 0.1  # and less than that neither
WORST_POSE = 2.0  # such landmarks are no face's


@dataclass(frozen=True)
class FaceMeasures:
    """The measures of a face, each taken when it is first asked for.

    Parameters:
        image: uint8, (height, width, channels).
        face: detected in it.
    """

    image: RGBImage
    face: Face

    @cached_property
    def eye_distance(self) -> float:
        """As `interocular_distance` measures it."""
        return interocular_distance(self.face)

    @cached_property
    def pose_error(self) -> float:
        """As the function of that name measures it."""
        return pose_error(self.face)

    @cached_property
    def sharpness(self) -> float:
        """As the function of that name measures it."""
        return sharpness(self.image, self.face)

    @cached_property
    def flatness(self) -> float:
        """As the function of that name measures it."""
        return flatness(self.image, self.face)

    @property
    def quality(self) -> float:
        """All four in one, as `quality_score` weighs them."""
        return quality_score(self.eye_distance, self.sharpness, self.pose_error, self.flatness)


def quality_score(
    eye_distance: float, sharpness: float, pose_error: float, flatness: float
) -> float:
    """How well a face can be recognised, 0 … 1: the expected share of pairs of it and a good photo
    of the same person that are accepted, at a false accept rate of 1e-3.

    A logistic regression on four measures of the photo; what found the face has no part in it. It
    was fitted on celeb24 alone: on 9,601 faces (each of 3,257 photos as it is, shrunk to 12 … 60 %,
    and blurred by 1 … 4 pixels) by how often MobileFaceNet accepts each against the person's other
    photos as they are. All weights are of the sign one would guess. The best faces have 0.92;
    occlusion and expression are not seen.

    Parameters:
        eye_distance: pixels between the eyes.
        sharpness: as the function of that name measures it.
        pose_error: as the function of that name measures it.
        flatness: as the function of that name measures it.

    >>> round(quality_score(35, 0.6, 0.05, 0.1), 2), round(quality_score(8, 0.15, 0.05, 0.1), 2)
    (0.92, 0.38)
    """
    odds = (
        INTERCEPT
        + EYES * math.log(min(max(eye_distance, 1), FULL_EYES) / FULL_EYES)
        + SHARP * math.log(min(max(sharpness, 0.01), FULL_SHARPNESS) / FULL_SHARPNESS)
        + POSE * min(max(pose_error, LEAST_POSE), WORST_POSE)
        + DRAWN * max(flatness, LEAST_FLATNESS)
    )
    return 1 / (1 + math.exp(-odds))


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
