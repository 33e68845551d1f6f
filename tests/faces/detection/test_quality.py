"""Which faces count, and the reasons for which photos are refused."""

import numpy as np
import pytest

from triptych.faces.detection.face import Face
from triptych.faces.detection.quality import QualityThresholds, select_faces
from triptych.faces.detection.quality_measures import (
    interocular_distance,
    pose_error,
    sharpness,
)
from triptych.faces.detection.template import ARCFACE_112X96
from triptych.frame.errors import ConfigError, FaceError

RNG = np.random.default_rng(5)
PHOTO = RNG.integers(0, 256, (200, 300, 3), dtype=np.uint8)
ALL = QualityThresholds()


def face(size: float = 1.0, x: float = 0.0, points: np.ndarray | None = None) -> Face:
    """A face from the front, 96 × 112 pixels times `size`."""
    points = np.array(ARCFACE_112X96.points) if points is None else points
    landmarks = (points * size + [x, 0]).astype(np.float32)
    return Face(x, 0, x + 96 * size, 112 * size, landmarks, 0.9)


def boxes(faces: list[Face]) -> list[tuple[float, ...]]:
    return [each.box for each in faces]


def sideways(degrees: float) -> np.ndarray:
    """Landmarks of a head whose nose stands out by 0.6 of the distance of its eyes."""
    head = [[-0.5, 0, 0], [0.5, 0, 0], [0, 0.575, -0.6], [-0.41, 1.15, -0.1], [0.41, 1.15, -0.1]]
    angle, (x, y, z) = np.radians(degrees), np.array(head).T
    return np.stack([x * np.cos(angle) + z * np.sin(angle), y], 1) * 35 + 50


def test_no_face_is_told() -> None:
    with pytest.raises(FaceError, match=r"^a.jpg: no face was found. Take"):
        select_faces(PHOTO, [], "largest", ALL, "a.jpg")


def test_two_faces_are_one_too_many() -> None:
    both = [face(0.6), face(1.0, 150)]
    with pytest.raises(FaceError, match=r"a.jpg: 2 faces where one was expected.*--faces largest"):
        select_faces(PHOTO, both, "one", ALL, "a.jpg")
    assert boxes(select_faces(PHOTO, both, "largest", ALL)) == boxes([both[1]])
    assert boxes(select_faces(PHOTO, both, "all", ALL)) == boxes(both[::-1])


def test_faces_in_the_background_do_not_count() -> None:
    main = face(1.0, 100)
    assert boxes(select_faces(PHOTO, [face(0.45), main], "one", ALL)) == boxes([main])


def test_small_faces_are_refused_with_their_size() -> None:
    small = face(0.1)
    assert interocular_distance(small) == pytest.approx(3.524, abs=0.01)
    with pytest.raises(
        FaceError, match=r"too small: 4 pixels between the eyes, expected 8 or more"
    ):
        select_faces(PHOTO, [small], "one", ALL)
    assert boxes(
        select_faces(PHOTO, [small], "one", QualityThresholds(min_eye_distance=0))
    ) == boxes([small])


def test_the_size_of_a_face_does_not_shrink_as_it_turns() -> None:
    eyes = {angle: sideways(angle)[1, 0] - sideways(angle)[0, 0] for angle in (0, 60)}
    assert eyes[60] < 0.55 * eyes[0]
    ahead, aside = (interocular_distance(face(points=sideways(angle))) for angle in (0, 60))
    assert aside == pytest.approx(ahead, rel=0.3)


def test_faces_turned_away_are_refused() -> None:
    turns = [pose_error(face(points=sideways(angle))) for angle in (0, 40, -40, 60, 80)]
    assert turns == pytest.approx([0.003, 0.172, 0.172, 0.282, 0.402], abs=0.01)
    profile = face(points=sideways(80))
    with pytest.raises(FaceError, match=r"turned away too far"):
        select_faces(PHOTO, [profile], "largest", ALL)
    assert boxes(
        select_faces(PHOTO, [profile], "largest", QualityThresholds(max_pose_error=np.inf))
    ) == boxes([profile])


def test_blurred_and_blank_faces_are_refused() -> None:
    import cv2

    blurred = cv2.resize(PHOTO[:5, :8], (300, 200), interpolation=cv2.INTER_CUBIC)
    for photo in (blurred, np.full_like(PHOTO, 128)):
        with pytest.raises(FaceError, match=r"too blurred"):
            select_faces(photo, [face()], "largest", ALL)
    assert select_faces(blurred, [face()], "largest", QualityThresholds(min_sharpness=0))


def test_drawn_faces_are_refused() -> None:
    drawn = PHOTO[..., :1] // 64 * 64  # four shades
    with pytest.raises(FaceError, match="looks drawn"):
        select_faces(drawn, [face()], "largest", ALL)
    assert select_faces(drawn, [face()], "largest", QualityThresholds(max_flatness=1))


def test_light_and_contrast_do_not_make_a_face_sharper() -> None:
    dim = (PHOTO // 4 + 20).astype(np.uint8)
    assert sharpness(dim, face()) == pytest.approx(sharpness(PHOTO, face()), rel=0.05)


def test_a_face_beyond_the_border_is_refused() -> None:
    with pytest.raises(FaceError, match=r"lies outside the photo"):
        select_faces(PHOTO, [face(1.0, 280)], "largest", ALL)


@pytest.mark.parametrize("policy", ["one", "largest", "all"])
@pytest.mark.parametrize("value", [np.nan, np.inf, 7.0])
def test_landmarks_that_are_no_places_are_told(policy: str, value: float) -> None:
    broken = face(points=np.full((5, 2), value))
    with pytest.raises(FaceError, match=r"Mend the detector"):
        select_faces(PHOTO, [broken], policy, ALL)


def test_of_all_faces_those_good_enough_are_kept() -> None:
    good, small = face(), face(0.1, 150)
    assert boxes(select_faces(PHOTO, [small, good], "all", ALL)) == boxes([good])
    with pytest.raises(FaceError, match=r"too small"):
        select_faces(PHOTO, [small], "all", ALL)


def test_an_unknown_policy_is_told() -> None:
    from triptych.faces.detection.quality import check_selection

    with pytest.raises(ConfigError, match=r"one, largest, all, got 'two'"):
        check_selection("two")
