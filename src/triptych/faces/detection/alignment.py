"""Faces turned upright and resized to a crop, by their five landmarks."""

import cv2
import numpy as np
from jaxtyping import Float64, Real

from ...frame.errors import FaceError
from ...frame.storage.images import resize
from .face import Crop, Landmarks, RGBImage
from .template import LandmarkTemplate

AffineMatrices = Float64[np.ndarray, "faces 2 3"]


def estimate_similarity(
    landmarks: Real[np.ndarray, "faces 5 2"], template: LandmarkTemplate
) -> AffineMatrices:
    """The rotation, scale and shift that bring landmarks closest to the template's: [R·s | t].

    Least squares (Umeyama 1991), in closed form: with x + iy as one complex number a rotation and a
    scale are one factor. Mirroring is left out, for no face is.

    Parameters:
        landmarks: (N, 5, 2), in pixels (x, y).
        template: where they are to lie.

    Returns matrices, (N, 2, 3), from the photo to the crop; not finite where all five landmarks of
    a face are one point.

    >>> from .template import ARCFACE_112X96
    >>> doubled = 2 * np.array([ARCFACE_112X96.points])
    >>> estimate_similarity(doubled, ARCFACE_112X96)[0].round(3) + 0.0
    array([[0.5, 0. , 0. ],
           [0. , 0.5, 0. ]])
    """
    target = np.array(template.points) @ np.array([1, 1j])
    with np.errstate(all="ignore"):  # the caller looks at what is not finite
        source = landmarks.astype(np.float64) @ np.array([1, 1j])
        middle = source.mean(1, keepdims=True)
        spread = source - middle
        factor = spread.conj() @ (target - target.mean()) / (np.abs(spread) ** 2).sum(1)
        shift = target.mean() - factor * middle[:, 0]
    rows = [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    return np.moveaxis(np.array(rows), 2, 0)


def align_face(image: RGBImage, landmarks: Landmarks, template: LandmarkTemplate) -> Crop:
    """The face as the template wants it; black where the photo ends.

    A face larger than its crop is shrunk by averaging first, so that nothing is lost between
    pixels.

    Parameters:
        image: uint8, (height, width, channels).
        landmarks: (5, 2), in pixels of the image.
        template: size of the crop, and where the landmarks are to lie in it.

    Raises FaceError for landmarks that are not finite or all in one point.
    """
    (matrix,) = estimate_similarity(landmarks[None], template)
    if not np.isfinite(matrix).all() or not np.any(matrix[:, :2]):
        raise FaceError(
            "Expected five landmarks apart from each other, got numbers that are none or one "
            "point. Mend the detector."
        )
    part, corner = _source_region(image, matrix, template)
    height, width = part.shape[:2]
    scale = min(1.0, float(np.hypot(*matrix[:, 0])))
    small = resize(part, max(1, round(height * scale)), max(1, round(width * scale)))
    stretch = np.array([small.shape[1] / width, small.shape[0] / height])
    # whole numbers are middles of pixels here, as OpenCV and the templates count
    moved = (landmarks.astype(np.float64) - corner + 0.5) * stretch - 0.5
    (matrix,) = estimate_similarity(moved[None], template)
    size = template.width, template.height
    return cv2.warpAffine(small, matrix, size).reshape(*size[::-1], image.shape[2])


def resize_whole(image: RGBImage, height: int, width: int, channels: int) -> Crop:
    """The whole image stretched or shrunk to a size.

    Parameters:
        image: uint8, (height, width, 1 or 3).
        height: of the result, in pixels.
        width: of the result, in pixels.
        channels: 1 for grey, 3 for RGB.
    """
    return convert_channels(resize(image, height, width), channels)


def center_crop(image: RGBImage, template: LandmarkTemplate) -> Crop:
    """The middle of an image that is aligned already, as high and wide as the template.

    An image of another height is resized to the template's first; one that is too narrow gets its
    borders repeated. So 112 × 112 crops serve templates of 112 × 96.

    Parameters:
        image: uint8, (height, width, channels).
        template: of which the size is used.
    """
    height, width = template.height, template.width
    scale = height / image.shape[0]
    resized = resize(image, height, max(1, round(image.shape[1] * scale)))
    missing = max(0, width - resized.shape[1])
    sides = (missing // 2, missing - missing // 2)
    resized = np.pad(resized, ((0, 0), sides, (0, 0)), "edge")
    left = (resized.shape[1] - width) // 2
    return np.ascontiguousarray(resized[:, left : left + width])


def convert_channels(image: RGBImage, channels: int) -> Crop:
    """The image in grey (ITU-R 601) or RGB; as it is where it has so many channels.

    Parameters:
        image: uint8, (height, width, 1 or 3).
        channels: 1 for grey, 3 for RGB.
    """
    if image.shape[2] == channels:
        return image
    if channels == 1:
        return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None]
    return np.repeat(image, channels, 2)


def _source_region(
    image: RGBImage, matrix: Float64[np.ndarray, "2 3"], template: LandmarkTemplate
) -> tuple[Crop, Float64[np.ndarray, "2"]]:
    """The part of the photo the crop is made of, and where it begins (x, y).

    With a pixel of the crop to spare on each side, for averaging and interpolation; at least one
    pixel.
    """
    right, below = template.width, template.height
    corners = np.array([[-1, -1], [right, -1], [-1, below], [right, below]])
    places = np.linalg.solve(matrix[:, :2], (corners - matrix[:, 2]).T).T
    full = np.array(image.shape[1::-1])
    low = np.clip(np.floor(places.min(0)) - 1, 0, full - 1).astype(int)
    high = np.clip(np.ceil(places.max(0)) + 2, low + 1, full).astype(int)
    return image[low[1] : high[1], low[0] : high[0]], low.astype(np.float64)
