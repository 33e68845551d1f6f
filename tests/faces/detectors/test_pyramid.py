"""Pictures shown to a network: whole, by tiles, near."""

import numpy as np
import pytest

from triptych.faces.detection.face import RGBImage
from triptych.faces.detectors._detections import Detections, from_opencv
from triptych.faces.detectors._pyramid import (
    cut_near,
    detect_at,
    detect_near,
    detect_padded,
    detect_tiled,
    rotate,
    scale_of,
)


def white_spot(picture: RGBImage) -> Detections:
    """A network to which the white part of a picture is a face."""
    rows, columns = np.nonzero(picture[..., 0] > 127)
    if not len(rows):
        return from_opencv(None)
    low = columns.min(), rows.min()
    size = columns.max() + 1 - low[0], rows.max() + 1 - low[1]
    return from_opencv(np.array([[*low, *size, *low * 5, 0.9]], np.float32))


def spotted(height: int, width: int, left: int, top: int, side: int) -> RGBImage:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[top : top + side, left : left + side] = 255
    return picture


@pytest.mark.parametrize("shape", [(800, 1200, 3), (1200, 800, 1)])
def test_places_are_of_the_photo_whatever_size_it_is_shown_in(shape: tuple[int, ...]) -> None:
    photo = spotted(*shape[:2], 400, 300, 120)[..., : shape[2]]
    for scale in (0.25, 1.0):
        (face,) = detect_at(white_spot, photo, scale)
        assert np.abs(face[:4] - [400, 300, 520, 420]).max() <= 4
    (face,) = detect_padded(white_spot, photo, 320)
    assert np.abs(face[:4] - [400, 300, 520, 420]).max() <= 12


def test_a_face_on_the_edge_of_tiles_is_seen_once() -> None:
    photo = np.zeros((3000, 4000, 3), np.uint8)
    photo[1480:1520, 1580:1620] = 255
    (face,) = detect_tiled(white_spot, photo, 1.0, 108)
    assert face[:4].tolist() == [1580, 1480, 1620, 1520]


def test_what_is_too_large_for_a_fine_picture_is_left_out() -> None:
    assert len(detect_tiled(white_spot, spotted(900, 900, 100, 100, 200), 1.0, 108)) == 0


@pytest.mark.parametrize(("left", "top", "side"), [(100, 60, 20), (0, 0, 30), (150, 150, 50)])
def test_a_near_picture_has_the_face_in_its_middle(left: int, top: int, side: int) -> None:
    photo = spotted(200, 200, left, top, side)
    box = np.array([left, top, left + side, top + side], np.float32)
    picture, _, _ = cut_near(photo, box)
    assert picture.shape == (168, 168, 3)
    assert picture[70:98, 70:98].min() > 127
    inside = [value for value in box.tolist() if 0 < value < 200]
    (face,) = detect_near(white_spot, photo, box)
    if len(inside) == 4:
        assert np.abs(face[:4] - box).max() <= 2


def test_turning_is_numpys() -> None:
    photo = np.random.default_rng(0).integers(0, 255, (5, 7, 1), np.uint8)
    for turns in (1, 2, 3):
        assert (rotate(photo, turns) == np.rot90(photo, turns)).all()


def test_a_panorama_is_not_shown_smaller_than_needed() -> None:
    assert scale_of(np.zeros((100, 10000, 1), np.uint8), 640) == pytest.approx(0.256)
