from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.identify import identify
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.faces.recognition.verify import verify
from triptych.frame.errors import ConfigError, EncoderMismatchError, ImageError
from triptych.frame.storage import images

from ..calibration.test_calibration import SOME
from .test_enroll import Colours

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)


def plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((8, 8, 3), colour, np.uint8)


@pytest.fixture
def gallery(tmp_path: Path):
    for person, colour in (("Ada", RED), ("Bob", GREEN)):
        (tmp_path / "team" / person).mkdir(parents=True)
        images.save(tmp_path / "team" / person / "1.png", plain(colour))
    place = str(tmp_path / "people.db")
    with Gallery.open(place, encoder="colours-1", size=3, create=True) as opened:
        enroll(tmp_path / "team", opened, pipeline=FacePipeline(Colours()))
        yield opened


def test_the_nearest_is_named_and_a_stranger_is_not(gallery: Gallery):
    photos = [plain((210, 30, 25)), plain(BLUE)]
    found = identify(photos, gallery, pipeline=FacePipeline(Colours()), threshold=0.2)
    assert [identity.person for identity in found.identities] == ["Ada", None]
    assert [each.person for each in found.identities[0].candidates] == ["Ada", "Bob"]
    told = found.to_dict()
    assert told["threshold"] == 0.2 and told["far"] is None
    assert told["identities"][0]["candidates"][0]["photo"] == "Ada/1.png"


def test_a_photo_that_cannot_be_read_is_listed(gallery: Gallery, tmp_path: Path):
    found = identify(
        [tmp_path / "none.png"], gallery, pipeline=FacePipeline(Colours()), threshold=1.0
    )
    assert found.identities == () and len(found.refused) == 1


def test_the_gallerys_threshold_comes_before_the_encoders(gallery: Gallery):
    encoder = Colours()
    encoder.calibration = replace(SOME, encoder="colours-1", threshold=0.0)
    photo = plain((215, 25, 20))
    assert identify([photo], gallery, pipeline=FacePipeline(encoder)).identities[0].person is None
    gallery.calibration = replace(SOME, encoder="colours-1", threshold=0.5)
    found = identify([photo], gallery, pipeline=FacePipeline(encoder))
    assert found.identities[0].person == "Ada" and found.threshold.far == SOME.target_far


def test_an_empty_gallery_knows_nobody(tmp_path: Path):
    place = str(tmp_path / "nobody.db")
    with Gallery.open(place, encoder="colours-1", size=3, create=True) as nobody:
        found = identify([plain(RED)], nobody, pipeline=FacePipeline(Colours()), threshold=2.0)
    assert found.identities[0].person is None and found.identities[0].candidates == ()


def test_two_photos_are_the_same_person_within_the_threshold():
    reader = FacePipeline(Colours())
    near = verify(plain(RED), plain((215, 25, 20)), pipeline=reader, threshold=0.2)
    far = verify(plain(RED), plain(BLUE), pipeline=reader, threshold=0.2)
    assert near.verified and not far.verified and near.distance < 0.2 < far.distance
    assert near.to_dict()["probability"] is None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, ConfigError),
        ({"calibration": SOME}, EncoderMismatchError),
        ({"threshold": 3.0}, ConfigError),
    ],
)
def test_a_threshold_must_fit(given: dict, error: type[Exception]):
    with pytest.raises(error):
        verify(plain(RED), plain(RED), pipeline=FacePipeline(Colours()), **given)


def test_a_photo_that_cannot_be_read_is_told(tmp_path: Path):
    with pytest.raises(ImageError, match=r"none\.png"):
        verify(tmp_path / "none.png", plain(RED), pipeline=FacePipeline(Colours()), threshold=1.0)
