"""Faces of all sizes, whichever way up: real photos in scenes of many, and networks made up."""

import numpy as np
import pytest
from tests.faces.detectors.scenes import Find, photos, scene

from triptych.faces.detection.face import RGBImage
from triptych.faces.detectors._detections import Detections, from_opencv
from triptych.faces.detectors._search import FaceSearch
from triptych.faces.detectors.yunet import YuNet
from triptych.frame.errors import ConfigError
from triptych.frame.storage.images import resize


@pytest.fixture
def yunet(data: Find) -> YuNet:
    data("faces/yunet/face_detection_yunet_2023mar.onnx")
    return YuNet()


@pytest.mark.real
@pytest.mark.parametrize("side", [120, 160])
def test_small_faces_of_a_large_photo_are_found_and_no_false_one(
    yunet: YuNet, data: Find, side: int
) -> None:
    faces = yunet.detect(scene(photos(data, 40), 3000, 4000, side))
    assert len(faces) == 40  # each about 0.4 of its photo's width
    assert all(0.25 * side < face.right - face.left < 0.6 * side for face in faces)


@pytest.mark.real
def test_a_photo_on_its_side_gives_the_same_faces(yunet: YuNet, data: Find) -> None:
    (photo,) = photos(data, 1)
    (upright,) = yunet.detect(photo)
    assert upright.turn == 0
    for turns, degrees in ((1, 90), (2, 180), (3, 270)):
        (face,) = yunet.detect(np.rot90(photo, turns))
        assert face.turn == degrees
        eyes = face.landmarks[0] - face.landmarks[1]
        expected = upright.landmarks[0] - upright.landmarks[1]
        for _ in range(turns):
            expected = np.array([expected[1], -expected[0]])
        assert np.abs(eyes - expected).max() < 3


@pytest.mark.real
def test_upright_photos_are_never_turned(yunet: YuNet, data: Find) -> None:
    assert not any(face.turn for photo in photos(data, 60) for face in yunet.detect(photo))


@pytest.mark.real
def test_many_faces_on_their_side_are_found(yunet: YuNet, data: Find) -> None:
    faces = yunet.detect(np.rot90(scene(photos(data, 24), 2400, 3200, 160)))
    assert len(faces) == 24 and {face.turn for face in faces} == {90}


@pytest.mark.real
def test_the_smallest_face_can_be_told(data: Find) -> None:
    large, *small = photos(data, 9)
    photo = scene([resize(each, 250, 250) for each in small], 2000, 3000, 100)
    photo[1000:1900, 100:1000] = resize(large, 900, 900)
    assert len(YuNet(smallest_face=20).detect(photo)) == 9
    assert len(YuNet(smallest_face=100).detect(photo)) == 1
    assert len(YuNet(smallest_face=1 / 30).detect(photo)) == 1  # 100 of 3000 pixels


@pytest.mark.parametrize("smallest", [0, -3, np.nan, np.inf])
def test_a_smallest_face_that_is_no_size_is_refused(smallest: float) -> None:
    with pytest.raises(ConfigError, match="smallest face"):
        FaceSearch(lambda picture: from_opencv(None), smallest_face=smallest)


def test_small_photos_are_shown_once() -> None:
    shown = []

    def network(picture: RGBImage) -> Detections:
        shown.append(picture.shape)
        return from_opencv(np.array([[9, 9, 50, 50, *[30] * 10, 0.95]], np.float32))

    for side in (100, 320, 640):
        FaceSearch(network)(np.zeros((side, side, 3), np.uint8))
    assert shown == [(320, 320, 3), (320, 320, 3), (640, 640, 3)]


def test_no_finer_picture_is_shown_where_only_a_large_face_counts() -> None:
    shown = []

    def network(picture: RGBImage) -> Detections:
        shown.append(picture.shape)
        return from_opencv(np.array([[9, 9, 50, 50, *[30] * 10, 0.95]], np.float32))

    photo = np.zeros((2000, 2000, 3), np.uint8)
    FaceSearch(network, relevant=0.5)(photo)
    assert len(shown) == 1
    FaceSearch(network)(photo)
    assert shown[1:3] == [(640, 640, 3), (1920, 1920, 3)]


def test_a_face_of_a_fine_picture_must_be_seen_from_near() -> None:
    def network(picture: RGBImage) -> Detections:
        whole = np.array([[9, 9, 100, 100, *[30] * 10, 0.95]])
        fine = np.array([[400, 400, 30, 30, *[410] * 10, 0.9]])
        rows = {640: whole, 1920: fine}.get(picture.shape[0])
        return from_opencv(None if rows is None else rows.astype(np.float32))

    assert len(FaceSearch(network)(np.zeros((3000, 3000, 3), np.uint8))) == 1


def test_the_limit_grows_with_the_photo_and_goes_where_it_is_told() -> None:
    search = FaceSearch(lambda picture: from_opencv(None))
    assert search.limit(600, 600) == 0
    assert search.limit(4000, 6000) == pytest.approx(24 * np.sqrt(24e6) / 1920)
    assert FaceSearch(search.network, smallest_face=20).limit(4000, 6000) == 0
