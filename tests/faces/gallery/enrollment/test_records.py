"""What a gallery answers without looking for faces."""

import pytest

from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import ConfigError, GalleryError

from ..test_gallery import SIZE, opened, photos


def test_a_gallery_tells_its_encoder_and_its_vectors_size(url: str) -> None:
    with opened(url) as gallery:
        gallery.enroll(*photos(["Ada"]))
    with Gallery.open(url) as gallery:
        assert (gallery.encoder, gallery.dim, len(gallery)) == ("test", SIZE, 1)
        assert [person.name for person in gallery.people()] == ["Ada"]
        assert gallery.enrolled_as(photos(["Ada"])[1]) == {photos(["Ada"])[1][0]: "Ada"}
        assert gallery.remove("Ada") == 1
    with Gallery.open(url, encoder="test") as gallery:
        assert gallery.calibration is None


def test_a_gallery_is_made_for_an_encoder(url: str) -> None:
    for wrong in (
        {},
        {"encoder": "test"},
        {"encoder": "test", "size": 0},
        {"encoder": "mobilefacenet", "size": 128},
    ):
        with pytest.raises(ConfigError):
            Gallery.open(url, create=True, **wrong)
        with pytest.raises(GalleryError, match="There is no gallery"):
            Gallery.open(url)


def test_of_several_people_the_last_is_told(url: str) -> None:
    encodings, digests = photos(["Ada"])
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        again = type(encodings)(encodings.vectors, ("Bo/1.jpg",), ("Bo",), "test")
        gallery.enroll(again, digests, shared="keep")
        assert gallery.enrolled_as(digests) == {digests[0]: "Bo"}
        assert [face.person for face in gallery.photos_with(digests)[digests[0]]] == ["Ada", "Bo"]
