"""The same person or not."""

from dataclasses import replace
from pathlib import Path

import pytest

from triptych.faces.recognition.pipeline import FacePipeline
from triptych.faces.recognition.verify import verify
from triptych.frame.errors import ConfigError, EncoderMismatchError, FaceError, ImageError

from ..calibration.test_calibration import SOME
from .colors import BLUE, GREEN, RED, FaceColor, MeanColor, SideBySide, plain, portrait


def test_two_photos_are_the_same_person_within_the_threshold():
    encoder = MeanColor()
    near = verify(plain(RED), plain((215, 25, 20)), encoder=encoder, threshold=0.2)
    far = verify(plain(RED), plain(BLUE), encoder=encoder, threshold=0.2)
    assert near.verified and not far.verified and near.distance < 0.2 < far.distance
    assert near.to_dict() == {
        "same": True,
        "distance": round(near.distance, 4),
        "threshold": 0.2,
        "probability": None,
        "far": None,
    }


def test_the_encoders_own_calibration_gives_probability_and_rate():
    encoder = MeanColor()
    encoder.calibration = replace(SOME, encoder="colors-1", threshold=0.5)
    result = verify(plain(RED), plain(RED), encoder=encoder)
    assert result.verified and (result.threshold, result.far) == (0.5, SOME.target_far)
    assert result.probability == encoder.calibration.probability(result.distance)


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
        verify(plain(RED), plain(RED), pipeline=FacePipeline(MeanColor()), **given)


def test_a_photo_of_two_or_none_is_told(tmp_path: Path):
    pipeline = FacePipeline(FaceColor(), detector=SideBySide())
    with pytest.raises(FaceError, match="2 faces where one was expected"):
        verify(portrait(RED), portrait(RED, GREEN), pipeline=pipeline, threshold=1.0)
    with pytest.raises(ImageError, match=r"none\.png"):
        verify(tmp_path / "none.png", portrait(RED), pipeline=pipeline, threshold=1.0)


def test_of_all_faces_the_nearest_pair_is_named():
    pipeline = FacePipeline(FaceColor(), detector=SideBySide(), faces="all")
    first, second = portrait(BLUE, GREEN), portrait(RED, BLUE, RED)
    result = verify(first, second, pipeline=pipeline, threshold=0.2)
    assert result.verified and result.faces
    ours, theirs = (face.to_dict() for face in result.faces)
    assert (ours["number"], ours["of"]) == (1, 2) and (theirs["number"], theirs["of"]) == (2, 3)
    assert theirs["box"] == {"left": 96, "top": 0, "right": 192, "bottom": 112}
    assert result.to_dict()["faces"] == [ours, theirs]
    assert not verify(portrait(GREEN), portrait(RED), pipeline=pipeline, threshold=0.2).verified


def test_all_faces_of_a_photo_without_one_is_told(tmp_path: Path):
    pipeline = FacePipeline(FaceColor(), detector=SideBySide(), faces="all")
    with pytest.raises(FaceError, match="no face was found"):
        verify(portrait(RED), portrait(RED) * 0, pipeline=pipeline, threshold=1.0)
    with pytest.raises(FaceError, match=r"none\.png"):
        verify(tmp_path / "none.png", portrait(RED), pipeline=pipeline, threshold=1.0)
