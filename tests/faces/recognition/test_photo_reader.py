"""Photos read no larger than their faces ask for: the same faces in the photo's own pixels."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.faces.detectors.scenes import Find, photos, scene

from triptych.faces.detection.face import RGBImage
from triptych.faces.detection.quality import FaceSelection
from triptych.faces.detectors.yunet import YuNet
from triptych.faces.recognition import photo_reader
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, FaceError, UnknownNameError
from triptych.frame.storage.images import resize

from .test_pipeline import Fixed, Means


def jpeg(pixels: RGBImage) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each photo's sides were divided by, in order."""
    seen: list[int] = []
    read = photo_reader.as_reduced_image

    def spy(*arguments: object, **options: object) -> tuple[RGBImage, int]:
        image, by = read(*arguments, **options)  # pyright: ignore[reportArgumentType]
        seen.append(by)
        return image, by

    monkeypatch.setattr(photo_reader, "as_reduced_image", spy)
    return seen


@pytest.fixture
def yunet(data: Find) -> None:
    data("faces/yunet/face_detection_yunet_2023mar.onnx")


def portrait(data: Find, height: int, width: int, side: int) -> RGBImage:
    """One person, whose photo is `side` pixels high and wide, in a larger photo."""
    image = np.full((height, width, 3), 120, np.uint8)
    image[100 : 100 + side, 200 : 200 + side] = resize(photos(data, 1)[0], side, side)
    return image


@pytest.mark.real
@pytest.mark.usefixtures("yunet")
@pytest.mark.parametrize("faces", ["one", "largest", "all"])
def test_a_large_face_is_read_reduced_and_told_in_the_photos_pixels(
    data: Find, decoded: list[int], faces: FaceSelection
) -> None:
    photo = jpeg(portrait(data, 3000, 4000, 2000))
    pipeline = FacePipeline(Means(), faces=faces)
    result = pipeline.embed([photo], keep_crops=True)
    assert decoded == [2 if faces == "all" else 4] and result.incomplete == ()
    whole = FacePipeline(Means(), detector=YuNet(), faces=faces).embed([photo], keep_crops=True)
    (face,), (expected,) = result.faces, whole.faces
    assert face is not None and expected is not None
    assert np.abs(face.landmarks - expected.landmarks).max() < 20  # 400 between the eyes
    assert result.crops is not None and whole.crops is not None
    assert np.abs(result.crops.astype(int) - whole.crops).mean() < 6
    assert np.abs(pipeline.crop(photo, face).astype(int) - result.crops[0]).mean() < 3


@pytest.mark.real
@pytest.mark.usefixtures("yunet")
def test_a_small_face_is_read_again_in_all_its_pixels(data: Find, decoded: list[int]) -> None:
    pipeline = FacePipeline(Means(), faces="largest")
    (face,) = pipeline.embed([jpeg(portrait(data, 3000, 4000, 250))]).faces
    assert decoded == [4, 1]
    assert face is not None and 80 < face.right - face.left < 150


@pytest.mark.real
@pytest.mark.usefixtures("yunet")
def test_many_small_faces_come_from_one_photo_and_smaller_ones_are_told(data: Find) -> None:
    photo = jpeg(scene(photos(data, 30), 3000, 4000, 140))
    result = FacePipeline(Means(), faces="all").embed([photo])
    assert len(result.faces) == 30
    (told,) = result.incomplete
    assert "--smallest-face" in told.reason
    closer = FacePipeline(Means(), faces="all", smallest_face=20).embed([photo])
    assert len(closer.faces) == 30 and closer.incomplete == ()


@pytest.mark.real
@pytest.mark.usefixtures("yunet")
def test_a_phones_photo_of_108_million_pixels_is_read(data: Find) -> None:
    photo = jpeg(portrait(data, 9000, 12000, 4000))
    (face,) = FacePipeline(Means()).embed([photo]).faces
    assert face is not None and 1200 < face.right - face.left < 2400 and face.right < 4200


@pytest.mark.real
@pytest.mark.usefixtures("yunet")
def test_where_no_face_is_found_the_smallest_looked_for_is_told() -> None:
    with pytest.raises(FaceError, match=r"no face was found of about 43 pixels or more"):
        FacePipeline(Means()).embed_one(jpeg(np.full((3000, 4000, 3), 90, np.uint8)))
    with pytest.raises(FaceError, match=r"no face was found\."):
        FacePipeline(Means()).embed_one(np.full((300, 400, 3), 90, np.uint8))


def test_a_detector_of_ones_own_sees_photos_whole(decoded: list[int]) -> None:
    FacePipeline(Means(), detector=Fixed()).embed([jpeg(np.full((2000, 3000, 3), 90, np.uint8))])
    assert decoded == [1]


def test_a_detector_and_a_smallest_face_are_one_too_many() -> None:
    with pytest.raises(ConfigError, match="a detector or a smallest face"):
        FacePipeline(Means(), detector=Fixed(), smallest_face=20)
    with pytest.raises(UnknownNameError, match="detector"):
        FacePipeline(Means(), detector="haar")
