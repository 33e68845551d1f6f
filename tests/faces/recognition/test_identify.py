from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.identify import identify
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.storage import images

from ..calibration.test_calibration import SOME
from .colors import BLUE, GREEN, RED, FaceColor, MeanColor, SideBySide, plain, portrait


@pytest.fixture
def gallery(tmp_path: Path):
    for person, color in (("Ada", RED), ("Bob", GREEN)):
        (tmp_path / "team" / person).mkdir(parents=True)
        images.save(tmp_path / "team" / person / "1.png", plain(color))
    place = str(tmp_path / "people.db")
    with Gallery.open(place, encoder="colors-1", size=3, create=True) as opened:
        enroll(tmp_path / "team", opened, pipeline=FacePipeline(MeanColor()))
        yield opened


def test_the_nearest_is_named_and_a_stranger_is_not(gallery: Gallery):
    photos = [plain((210, 30, 25)), plain(BLUE)]
    found = identify(photos, gallery, pipeline=FacePipeline(MeanColor()), threshold=0.2)
    assert [identity.person for identity in found.identities] == ["Ada", None]
    assert [each.person for each in found.identities[0].candidates] == ["Ada", "Bob"]
    told = found.to_dict()
    assert told["threshold"] == 0.2 and told["far"] is None
    assert told["identities"][0]["candidates"][0]["photo"] == "Ada/1.png"


def test_a_photo_that_cannot_be_read_is_listed(gallery: Gallery, tmp_path: Path):
    found = identify(
        [tmp_path / "none.png"], gallery, pipeline=FacePipeline(MeanColor()), threshold=1.0
    )
    assert found.identities == () and len(found.refused) == 1


def test_the_gallerys_threshold_comes_before_the_encoders(gallery: Gallery):
    encoder = MeanColor()
    encoder.calibration = replace(SOME, encoder="colors-1", threshold=0.0)
    photo = plain((215, 25, 20))
    assert identify([photo], gallery, pipeline=FacePipeline(encoder)).identities[0].person is None
    gallery.calibration = replace(SOME, encoder="colors-1", threshold=0.5)
    found = identify([photo], gallery, pipeline=FacePipeline(encoder))
    assert found.identities[0].person == "Ada" and found.threshold.far == SOME.target_far


def test_an_empty_gallery_knows_nobody(tmp_path: Path):
    place = str(tmp_path / "nobody.db")
    with Gallery.open(place, encoder="colors-1", size=3, create=True) as nobody:
        found = identify([plain(RED)], nobody, pipeline=FacePipeline(MeanColor()), threshold=2.0)
    assert found.identities[0].person is None and found.identities[0].candidates == ()


def test_one_photo_needs_no_list(gallery: Gallery, tmp_path: Path):
    images.save(tmp_path / "red.png", plain(RED))
    for photo in (
        plain(RED),
        tmp_path / "red.png",
        str(tmp_path / "red.png"),
        Image.new("RGB", (8, 8), RED),
    ):
        (identity,) = identify(photo, gallery, encoder=MeanColor(), threshold=0.2).identities
        assert identity.person == "Ada"


def test_photos_may_come_from_a_generator_or_one_array(gallery: Gallery):
    stack = np.stack([plain(RED), plain(GREEN)])
    for photos in ((each for each in stack), stack, stack.transpose(0, 3, 1, 2)):
        found = identify(photos, gallery, pipeline=FacePipeline(MeanColor()), threshold=0.2)
        assert [identity.person for identity in found.identities] == ["Ada", "Bob"]


def test_faces_are_numbered_as_a_page_is_read(tmp_path: Path):
    class TwoRows(SideBySide):
        """Faces side by side in an upper and a lower row, in an order that is none."""

        def detect(self, image: RGBImage, /) -> list[Face]:
            upper = super().detect(image[:112])
            lower = [
                replace(face, top=112, bottom=224, landmarks=face.landmarks + np.float32([0, 112]))
                for face in super().detect(image[112:])
            ]
            return [*lower[::-1], *upper[::-1]]

    pipeline = FacePipeline(FaceColor(), detector=TwoRows(), faces="all")
    place = str(tmp_path / "crowd.db")
    with Gallery.open(place, encoder="colors-1", size=3, create=True) as crowd:
        photo = np.concatenate([portrait(RED, GREEN), portrait(BLUE, RED)])
        found = identify([photo, portrait(BLUE)], crowd, pipeline=pipeline, threshold=0.2)
    assert [each.number for each in found.identities] == [1, 2, 3, 4, 1]
    corners = [each.face and each.face.box[:2] for each in found.identities]
    assert corners == [(0, 0), (96, 0), (0, 112), (96, 112), (0, 0)]
    told = found.to_dict()["identities"][3]
    assert told["number"] == 4 and told["box"]["left"] == 96 and 0 < told["quality"] < 1


def test_without_a_pipeline_all_faces_of_the_default_are_taken(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def resolve(*given: object) -> FacePipeline:
        asked.append(given)
        return FacePipeline(MeanColor())

    monkeypatch.setattr(f"{identify.__module__}.resolve_pipeline", resolve)
    assert identify([plain(GREEN)], gallery, threshold=0.2).identities[0].person == "Bob"
    assert asked == [(None, None, "all")]


def test_templates_answer_for_all_photos_of_a_person(gallery: Gallery, tmp_path: Path):
    images.save(tmp_path / "team" / "Ada" / "2.png", plain((220, 20, 120)))
    enroll(tmp_path / "team", gallery, pipeline=FacePipeline(MeanColor()))
    between, words = plain((220, 20, 70)), {"encoder": MeanColor(), "threshold": 0.1}
    assert identify(between, gallery, templates=False, **words).identities[0].person is None
    (identity,) = identify(between, gallery, **words).identities
    assert identity.person == "Ada" and identity.candidates[0].distance < 0.05
    assert identity.candidates[0].photo.startswith("Ada/")


@pytest.mark.parametrize("top", [1, 2, 5])
def test_others_within_the_threshold_are_told_of(gallery: Gallery, tmp_path: Path, top: int):
    for name in ("Ada again", "Zoe"):
        (tmp_path / "team" / name).mkdir()
    images.save(tmp_path / "team/Ada again/1.png", plain((215, 25, 20)))
    images.save(tmp_path / "team/Zoe/1.png", plain(BLUE))
    enroll(tmp_path / "team", gallery, pipeline=FacePipeline(MeanColor()))
    words = {"encoder": MeanColor(), "threshold": 0.1, "top": top}
    red, blue = identify([plain(RED), plain(BLUE)], gallery, **words).identities
    assert red.person == "Ada" and [each.person for each in red.also] == ["Ada again"]
    assert len(red.candidates) == min(top, 4)
    assert red.to_dict()["also"][0]["person"] == "Ada again"
    assert blue.person == "Zoe" and blue.also == ()
    assert identify(plain(RED), gallery, **words | {"threshold": 0.0}).identities[0].also == ()
