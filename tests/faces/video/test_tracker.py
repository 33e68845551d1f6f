"""Faces are linked by place, then by looks."""

from collections.abc import Sequence

import numpy as np
import pytest

from triptych.faces.detection.face import Face
from triptych.faces.video.tracker import CHECK_EVERY, MEMORY, Track, Tracker, iou

ANN, BOB = np.eye(4, dtype=np.float32)[:2]


def face(x: float, quality: float = 0.5) -> Face:
    return Face(x, 0, x + 100, 100, np.zeros((5, 2), np.float32), 0.9, quality)


class Scene:
    """A tracker, and who is where; counts what is encoded."""

    def __init__(self) -> None:
        self.tracker, self.encoded, self.time = Tracker(1.0), 0, 0.0

    def frame(self, *seen: tuple[Face, np.ndarray], cut: bool = False, after: float = 0.1):
        self.time += after
        looks = {id(one): vector for one, vector in seen}

        def encode(faces: Sequence[Face]) -> np.ndarray:
            self.encoded += len(faces)
            return np.stack([looks[id(one)] for one in faces])

        gone = self.tracker.update([one for one, _ in seen], self.time, encode, cut=cut)
        return [track.number for track in self.tracker.visible], [track.number for track in gone]


def test_a_moving_face_is_one_track_and_seldom_encoded():
    scene = Scene()
    for step in range(25):
        assert scene.frame((face(20.0 * step), ANN)) == ([1], [])
    assert scene.encoded == 1 + 24 // CHECK_EVERY
    (track,) = scene.tracker.finish()
    assert track.frames == 25 and (track.first, track.last) == pytest.approx((0.1, 2.5))


def test_a_better_face_is_encoded_and_weighs_more():
    scene = Scene()
    tilted = np.float32([0.8, 0, 0.6, 0])
    for quality, vector in ((0.2, ANN), (0.22, BOB), (0.8, tilted), (0.6, BOB)):
        scene.frame((face(0, quality), vector))
    (track,) = scene.tracker.visible
    assert scene.encoded == 2 and track.qualities == [0.2, 0.8] and track.template is not None
    assert track.template @ tilted > track.template @ ANN


def test_crossing_faces_keep_their_own_track():
    scene = Scene()
    for step in range(12):
        numbers, _ = scene.frame((face(15.0 * step), ANN), (face(300 - 15.0 * step), BOB))
        assert sorted(numbers) == [1, 2]
    templates = {track.number: track.template for track in scene.tracker.visible}
    assert templates[1] is not None and templates[2] is not None


def test_another_person_at_the_same_place_is_another_track():
    scene = Scene()
    scene.frame((face(0), ANN))
    assert scene.frame((face(0), BOB), cut=True) == ([2], [])
    scene = Scene()
    scene.frame((face(0, 0.3), ANN))
    assert scene.frame((face(0, 0.9), BOB)) == ([2], [])  # noticed where it is encoded


def test_a_face_found_again_elsewhere_goes_on_and_one_lost_for_long_is_given_up():
    scene = Scene()
    scene.frame((face(0), ANN), (face(200), BOB))
    scene.frame((face(0), ANN))
    assert scene.frame((face(0), ANN), (face(600), BOB)) == ([1, 2], [])
    scene.frame((face(0), ANN))
    assert scene.frame((face(0), ANN), after=MEMORY + 0.1) == ([1], [2])
    assert scene.frame((face(600), BOB)) == ([3], [])


def test_of_many_encodings_the_best_are_kept():
    track = Track(1, face(0), 0.0, 0.0)
    for number in range(40):
        track.see(face(0, number / 40), 0.1 * number, ANN)
    assert len(track.vectors) == 16 and min(track.qualities) == 24 / 40


def test_iou_is_the_share_of_both():
    assert iou([(0, 0, 10, 10)], [(0, 0, 10, 10), (5, 0, 15, 10), (20, 0, 30, 10)]).tolist() == [
        [1.0, pytest.approx(1 / 3), 0.0]
    ]
    assert iou([(0, 0, 0, 0)], [(0, 0, 0, 0)]).tolist() == [[0.0]]
