"""YuNet on real photos, and on pictures that are none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from triptych.faces.detection.face import FaceDetector, RGBImage
from triptych.faces.detection.quality import QualityThresholds, select_faces
from triptych.faces.detection.quality_measures import interocular_distance
from triptych.faces.detectors.yunet import YuNet
from triptych.faces.photos.identity_folder import load_identities
from triptych.frame.errors import AssetNotFoundError, FaceError, ImageError
from triptych.frame.storage.images import read, resize

Find = Callable[[str], Path]


def photos(data: Find, name: str, count: int | None = None) -> list[RGBImage]:
    return [read(photo.bytes()) for photo in load_identities(data(f"faces/{name}")).photos[:count]]


@pytest.fixture
def yunet(data: Find) -> YuNet:
    data("faces/yunet/face_detection_yunet_2023mar.onnx")
    return YuNet()


def test_the_network_must_be_at_hand() -> None:
    with pytest.raises(AssetNotFoundError, match="face_detection_yunet"):
        YuNet()


@pytest.mark.real
def test_yunet_is_a_finder(yunet: YuNet) -> None:
    assert isinstance(yunet, FaceDetector)


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    ["lfw-subset/lfw-subset.zip", pytest.param("orl/orl_faces.zip", marks=pytest.mark.slow)],
)
def test_every_photo_shows_a_face_that_counts(yunet: YuNet, data: Find, name: str) -> None:
    every = photos(data, name)
    for photo in every:
        (face,) = select_faces(photo, yunet.detect(photo), "largest", QualityThresholds())
        assert face.score > 0.85


@pytest.mark.real
def test_grey_and_larger_photos_show_the_same_face(yunet: YuNet, data: Find) -> None:
    (photo,) = photos(data, "lfw-subset/lfw-subset.zip", 1)
    first = yunet.detect(photo)[0]
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None]
    assert np.abs(yunet.detect(grey)[0].landmarks - first.landmarks).max() < 9
    large = yunet.detect(resize(photo, 5000, 5000))[0]
    assert np.abs(large.landmarks / 20 - first.landmarks).max() < 9


@pytest.mark.real
def test_a_face_that_fills_the_photo_is_found(yunet: YuNet, data: Find) -> None:
    (photo,) = photos(data, "lfw-subset/lfw-subset.zip", 1)
    face = yunet.detect(photo)[0]
    left, top = int(face.left), int(face.top)
    tight = photo[top : int(face.bottom), left : int(face.right)]
    again = yunet.detect(resize(tight, tight.shape[0] * 6, tight.shape[1] * 6))[0]
    assert np.abs(again.landmarks / 6 + [left, top] - face.landmarks).max() < 9


@pytest.mark.real
def test_a_face_in_a_panorama_is_found(yunet: YuNet, data: Find) -> None:
    (photo,) = photos(data, "lfw-subset/lfw-subset.zip", 1)
    panorama = np.full((100, 5000, 3), 90, np.uint8)
    panorama[:, 3000:3100] = resize(photo, 100, 100)
    (face,) = yunet.detect(panorama)
    assert 3000 < face.left < face.right < 3100


@pytest.mark.real
def test_the_largest_face_comes_first(yunet: YuNet, data: Find) -> None:
    large, small = photos(data, "lfw-subset/lfw-subset.zip", 2)
    both = np.zeros((250, 400, 3), np.uint8)
    both[:120, :120], both[:, 150:] = resize(small, 120, 120), large
    faces = yunet.detect(both)
    assert faces[0].left > 150 and faces[0].area == max(face.area for face in faces)


@pytest.mark.real
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9000, 1), (9000, 9, 3), (300, 300, 3)])
def test_nothing_is_found_in_nothing(yunet: YuNet, shape: tuple[int, int, int]) -> None:
    for level in (0, 255):
        assert yunet.detect(np.full(shape, level, np.uint8)) == []


@pytest.mark.real
def test_a_face_of_ten_pixels_is_refused(yunet: YuNet, data: Find) -> None:
    (photo,) = photos(data, "lfw-subset/lfw-subset.zip", 1)
    size = round(250 * 4 / interocular_distance(yunet.detect(photo)[0]))
    tiny = np.full((200, 200, 3), 127, np.uint8)
    tiny[80 : 80 + size, 80 : 80 + size] = resize(photo, size, size)
    with pytest.raises(FaceError, match=r"no face was found|too small"):
        select_faces(tiny, yunet.detect(tiny), "largest", QualityThresholds())


@pytest.mark.real
def test_four_channels_are_refused(yunet: YuNet) -> None:
    with pytest.raises(ImageError, match="got 4 channels"):
        yunet.detect(np.zeros((50, 50, 4), np.uint8))


@pytest.mark.real
def test_threads_find_what_one_finds(yunet: YuNet, data: Find) -> None:
    some = photos(data, "lfw-subset/lfw-subset.zip", 12)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(yunet.detect, some * 2))
    alone = [yunet.detect(photo) for photo in some] * 2
    for ours, theirs in zip(together, alone):
        assert [face.score for face in ours] == [face.score for face in theirs]
