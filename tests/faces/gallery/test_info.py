"""What a gallery says of itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from triptych.faces.gallery.gallery import Gallery
from triptych.faces.gallery.info import GalleryInfo, GalleryPerson, calibration_of, missing_error
from triptych.faces.gallery.schema import GalleryState
from triptych.frame.errors import DataError, GalleryError

from ..calibration.test_calibration import SOME
from .test_gallery import SIZE, opened, photos


def test_it_counts_people_and_photos_and_holds_the_threshold(tmp_path: Path):
    path = str(tmp_path / "people.db")
    calibration = replace(SOME, encoder="test")
    with opened(path) as gallery:
        gallery.enroll(*photos(["Ada", "Bo", "Ada"]))
        assert gallery.people() == [GalleryPerson("Ada", 2), GalleryPerson("Bo", 1)]
        assert Gallery.info(path) == GalleryInfo("test", SIZE, 2, 3, None)
        gallery.calibration = calibration
    assert Gallery.info(path) == GalleryInfo("test", SIZE, 2, 3, calibration)


def test_one_that_is_missing_says_how_to_make_it(tmp_path: Path):
    with pytest.raises(GalleryError, match=r"There is no gallery .*faces enroll"):
        Gallery.info(str(tmp_path / "none.db"))
    assert "people.db" in str(missing_error("people.db"))


@pytest.mark.parametrize(("text", "error"), [("{", GalleryError), ("{}", DataError)])
def test_a_damaged_threshold_is_told(text: str, error: type[Exception]):
    with pytest.raises(error, match="The gallery's calibration is damaged"):
        calibration_of(GalleryState(1, "g", "test", 4, 0, 0, text))
    assert calibration_of(GalleryState(1, "g", "test", 4, 0, 0, "")) is None
