"""How a pipeline reads a photo, told in plain words."""

import json
from dataclasses import replace
from math import inf

import pytest

from triptych.faces.gallery.enrollment.listing import recipe_hash
from triptych.faces.recognition.enrollment.recipe import check_one_face, pipeline_settings
from triptych.faces.recognition.pipeline import DEFAULTS, FacePipeline
from triptych.frame.errors import ConfigError

from ..colors import FaceColor, MeanColor, SideBySide


class Wide(SideBySide):
    """A detector with options."""

    def __init__(self, *, side: int = 640, score: float = 0.5):
        self.side, self.score = side, score


def name(**options: object) -> str:
    chosen = {"detector": SideBySide(), **options}
    return recipe_hash(pipeline_settings(FacePipeline(FaceColor(), **chosen)))  # type: ignore[arg-type]


def test_whatever_changes_a_vector_changes_the_recipe():
    ways = [
        name(),
        name(faces="largest"),
        name(aligned=True),
        name(detector=Wide()),
        name(detector=Wide(side=1280)),
        name(thresholds=replace(DEFAULTS, min_sharpness=0.3)),
        name(thresholds=replace(DEFAULTS, max_flatness=inf)),
    ]
    assert len(set(ways)) == len(ways)
    assert name() == name() and name(detector=Wide()) == name(detector=Wide(side=640))


def test_use_changes_no_recipe():
    pipeline = FacePipeline(FaceColor(), detector=SideBySide(), workers=1)
    before = pipeline_settings(pipeline)
    pipeline.detector.looked += 1  # type: ignore[union-attr]
    pipeline.workers = 4
    assert pipeline_settings(pipeline) == before
    assert json.loads(json.dumps(before)) == before


def test_where_no_face_is_looked_for_its_choice_is_no_part():
    whole = [FacePipeline(MeanColor(), faces=faces) for faces in ("one", "largest")]
    assert pipeline_settings(whole[0]) == pipeline_settings(whole[1])


def test_all_faces_are_nobodys():
    check_one_face("largest", "enrolment")
    with pytest.raises(ConfigError, match=r"for calibration, got all.*--faces largest"):
        check_one_face("all", "calibration")
