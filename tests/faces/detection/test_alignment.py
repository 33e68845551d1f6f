"""Similarities against scikit-image, crops, and pictures taken whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.transform import SimilarityTransform

from triptych.faces.detection.alignment import (
    align_face,
    center_crop,
    convert_channels,
    estimate_similarity,
    resize_whole,
)
from triptych.faces.detection.template import ARCFACE_112X96, ARCFACE_112X112
from triptych.frame.errors import FaceError

POINTS = np.array(ARCFACE_112X96.points)
RNG = np.random.default_rng(3)


@given(st.integers(0, 10**6))
def test_a_similarity_is_that_of_scikit_image(seed: int) -> None:
    landmarks = np.random.default_rng(seed).normal(50, 30, (4, 5, 2))
    for move, points in zip(estimate_similarity(landmarks, ARCFACE_112X96), landmarks):
        reference = SimilarityTransform.from_estimate(points, POINTS)
        # scikit-image's too is free of mirroring
        assert np.allclose(move, reference.params[:2], atol=1e-6)


def test_a_turned_and_enlarged_face_comes_back_upright() -> None:
    crop = RNG.integers(0, 256, (14, 12, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    quarter = np.ascontiguousarray(np.rot90(crop))  # x becomes y, y becomes 95 - x
    landmarks = np.stack([POINTS[:, 1], 95 - POINTS[:, 0]], 1).astype(np.float32)
    assert np.abs(align_face(quarter, landmarks, ARCFACE_112X96).astype(int) - crop).max() <= 1


def test_shrinking_loses_nothing_between_pixels() -> None:
    lines = np.zeros((1120, 960, 1), np.uint8)
    lines[::2] = 200
    crop = align_face(lines, (POINTS * 10).astype(np.float32), ARCFACE_112X96)
    assert np.abs(crop[4:-4, 4:-4].astype(int) - 100).max() <= 2


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.7])
def test_landmarks_land_on_the_template_whatever_the_scale(scale: float) -> None:
    height, width = round(112 * scale), round(96 * scale)
    ys, xs = np.mgrid[:height, :width]
    ramp = np.stack([xs / width * 255, ys / height * 255, xs * 0], 2).astype(np.uint8)
    landmarks = ((POINTS + 0.5) * [width / 96, height / 112] - 0.5).astype(np.float32)
    crop = align_face(ramp, landmarks, ARCFACE_112X96)
    assert np.abs(crop[20:-20, 48, 1] - np.arange(20, 92) * 255 / 112).max() < 5
    assert np.abs(crop[56, 20:-20, 0] - np.arange(20, 76) * 255 / 96).max() < 5


def test_outside_the_photo_is_black() -> None:
    white = np.full((112, 96, 1), 255, np.uint8)
    crop = align_face(white, (POINTS - [40, 0]).astype(np.float32), ARCFACE_112X96)
    assert crop.shape == (112, 96, 1)
    assert (crop[:, :38] == 0).all() and (crop[:, 42:] == 255).all()


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_landmarks_that_are_none_are_told(value: float) -> None:
    with pytest.raises(FaceError, match="Mend the detector"):
        align_face(
            np.zeros((9, 9, 3), np.uint8), np.full((5, 2), value, np.float32), ARCFACE_112X96
        )


def test_aligned_crops_serve_the_narrower_template() -> None:
    crop = RNG.integers(0, 256, (112, 112, 3), dtype=np.uint8)
    assert np.array_equal(center_crop(crop, ARCFACE_112X96), crop[:, 8:104])
    assert np.array_equal(center_crop(crop, ARCFACE_112X112), crop)
    assert center_crop(crop[:, :50], ARCFACE_112X96).shape == (112, 96, 3)
    assert center_crop(crop[:1, :1], ARCFACE_112X96).shape == (112, 96, 3)


def test_whole_pictures_are_brought_to_size_and_colour() -> None:
    red = np.full((30, 20, 3), (255, 0, 0), np.uint8)
    assert resize_whole(red, 8, 9, 3).shape == (8, 9, 3)
    assert (resize_whole(red, 8, 9, 1) == 76).all()  # 0.299 of 255
    assert convert_channels(red[..., :1], 3).tolist() == np.full((30, 20, 3), 255).tolist()
