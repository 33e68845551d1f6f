"""Images that are aligned already, cut for encoders whose landmarks lie elsewhere."""

import cv2
import numpy as np

from triptych.faces.detection.aligned_crop import crop_aligned
from triptych.faces.detection.alignment import center_crop
from triptych.faces.detection.template import ARCFACE_112X96, ARCFACE_112X112, DLIB_150X150


def dotted(side: int) -> np.ndarray:
    """A square image with a white disk at each of ArcFace's landmarks, at any size."""
    image = np.zeros((side, side, 3), np.uint8)
    for x, y in np.array(ARCFACE_112X112.points) * side / 112:
        cv2.circle(image, (round(x), round(y)), max(2, side // 40), (255, 255, 255), -1)
    return image


def test_an_encoder_with_arcfaces_landmarks_gets_the_middle():
    image = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    assert np.array_equal(crop_aligned(image, ARCFACE_112X96), image[:, 8:104])
    assert np.array_equal(crop_aligned(image, ARCFACE_112X96), center_crop(image, ARCFACE_112X96))


def test_another_encoder_finds_each_landmark_in_its_place():
    for side in (112, 224):
        crop = crop_aligned(dotted(side), DLIB_150X150)
        assert crop.shape == (150, 150, 3)
        for x, y in DLIB_150X150.points[:2]:  # eyes; nose and mouth lie up to five pixels apart
            assert crop[round(y), round(x), 0] > 128
