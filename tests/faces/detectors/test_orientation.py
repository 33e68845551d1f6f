"""Which way up: a network that is surest of faces whose bright side is above."""

import numpy as np
import pytest

from triptych.faces.detection.face import RGBImage
from triptych.faces.detectors._detections import Detections, from_opencv
from triptych.faces.detectors._orientation import find_turn

FACE = np.array([30, 50, 70, 50, 50, 70, 35, 90, 65, 90]) / 100  # in a box of 1 × 1


def network(picture: RGBImage) -> Detections:
    rows, columns = np.nonzero(picture[..., 0] > 50)
    if not len(rows):
        return from_opencv(None)
    low = np.array([columns.min(), rows.min()])
    size = np.array([columns.max(), rows.max()]) + 1 - low
    part = picture[low[1] : low[1] + size[1], low[0] : low[0] + size[0], 0].astype(float)
    above = part[: size[1] // 2].mean() - part[size[1] // 2 :].mean()
    points = (FACE.reshape(5, 2) * size + low).ravel()
    return from_opencv(np.array([[*low, *size, *points, 0.95 if above > 80 else 0.8]], np.float32))


def photo() -> RGBImage:
    image = np.zeros((300, 400, 3), np.uint8)
    image[100:150, 100:200], image[150:200, 100:200] = 250, 100
    return image


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_the_turn_that_makes_the_detector_surest_is_found(turned: int) -> None:
    image = np.ascontiguousarray(np.rot90(photo(), -turned))
    assert find_turn(network, image, network(image), network) == turned


def test_a_sure_upright_face_is_not_looked_at_again() -> None:
    def never(picture: RGBImage) -> Detections:
        raise AssertionError

    image = photo()
    assert find_turn(never, image, network(image), never) == 0


def test_a_photo_that_shows_nothing_upright_is_turned_only_for_a_sure_face() -> None:
    nothing = from_opencv(None)

    def unsure(picture: RGBImage) -> Detections:
        seen = network(picture)
        seen[:, 14] -= 0.15
        return seen

    image = np.ascontiguousarray(np.rot90(photo()))
    assert find_turn(network, image, nothing, network) == 3
    assert find_turn(unsure, image, nothing, unsure) == 0


def test_landmarks_upside_down_are_doubtful_however_sure() -> None:
    image = np.ascontiguousarray(np.rot90(photo(), 2))
    seen = network(image)
    seen[:, 14] = 0.95
    assert find_turn(network, image, seen, network) == 0  # they look upright
    points = seen[0, 4:14].reshape(5, 2)
    seen[0, 4:14] = (300 - points + [0, 0]).ravel()
    assert find_turn(network, image, seen, network) == 2
