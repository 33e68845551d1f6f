"""One score of a face: it falls with each fault, and says the same of a photo however it is put."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.faces.detection.face import Face
from triptych.faces.detection.quality import QualityThresholds, select_faces
from triptych.faces.detection.quality_measures import FaceMeasures, quality_score
from triptych.faces.detection.template import ARCFACE_112X96

BEST = {"eye_distance": 60.0, "sharpness": 0.7, "pose_error": 0.02, "flatness": 0.08}


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        ("eye_distance", [60, 35, 20, 8, 3, 0]),
        ("sharpness", [0.7, 0.5, 0.3, 0.1, 0.0]),
        ("pose_error", [0.02, 0.1, 0.2, 0.35, 2.0]),
        ("flatness", [0.08, 0.2, 0.5, 1.0]),
    ],
)
def test_each_fault_costs_quality(measure: str, values: list[float]) -> None:
    scores = [quality_score(**BEST | {measure: value}) for value in values]
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[-1] + 0.05


@given(*[st.floats(0, 1e6)] * 2, *[st.floats(0, 100)] * 2)
def test_it_is_a_share_whatever_is_measured(eyes: float, sharp: float, pose: float, flat: float):
    assert 0 <= quality_score(eyes, sharp, pose, flat) < 1


def photo() -> tuple[np.ndarray, Face]:
    """Blobs of many sizes around a face from the front, 35 pixels between its eyes."""
    rng = np.random.default_rng(3)
    layers = [
        cv2.resize(rng.normal(0, 30, (side, side)), (160, 160), interpolation=cv2.INTER_CUBIC)
        for side in (5, 20, 80, 160)
    ]
    grey = np.clip(128 + sum(layers), 0, 255).astype(np.uint8)
    points = (np.array(ARCFACE_112X96.points) + 30).astype(np.float32)
    return np.repeat(grey[..., None], 3, 2), Face(30, 30, 126, 142, points, 0.9)


def test_a_blurred_photo_is_worse_and_selection_says_so() -> None:
    image, face = photo()
    scores = []
    for blur in (0.5, 1.5, 3.0):
        blurred = cv2.GaussianBlur(image, (0, 0), blur)
        (kept,) = select_faces(blurred, [face], "one", QualityThresholds(min_sharpness=0))
        assert kept.quality == pytest.approx(FaceMeasures(blurred, face).quality)
        scores.append(kept.quality)
    assert scores == sorted(scores, reverse=True) and scores[0] > 2 * scores[-1]


def test_size_beyond_what_the_encoder_sees_changes_little() -> None:
    image, face = photo()
    doubled = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    twice = Face(*(2 * side for side in face.box), 2 * face.landmarks, 0.9)
    there, here = FaceMeasures(doubled, twice).quality, FaceMeasures(image, face).quality
    assert there == pytest.approx(here, abs=0.05)
