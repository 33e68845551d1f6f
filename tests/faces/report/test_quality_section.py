"""What rejecting photos by their quality is worth, in figures and words."""

from pathlib import Path

import numpy as np
import pytest

from triptych.faces.detection.face import Face
from triptych.faces.embeddings import Embeddings
from triptych.faces.metrics.error_versus_discard import error_versus_discard
from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.recognition.pipeline_result import PipelineResult
from triptych.faces.report.quality_section import (
    edc,
    quality_figures,
    quality_for_photos,
    quality_paragraphs,
)
from triptych.frame.drawing.colors import DARK

RNG = np.random.default_rng(0)
QUALITY = RNG.random(400)
SAME = np.arange(400) < 200
DISTANCES = np.where(SAME, 1.3 - 0.6 * QUALITY, 1.5 - 0.5 * RNG.random(400))
CURVE = error_versus_discard(DISTANCES, SAME, QUALITY, 1.1)


def face(quality: float | None) -> Face:
    return Face(0, 0, 9, 9, np.zeros((5, 2), np.float32), 0.9, quality)


def result(faces: list[Face | None], photos: list[str]) -> PipelineResult:
    vectors = np.ones((len(photos), 1), np.float32)
    embeddings = Embeddings(vectors, tuple(photos), ("",) * len(photos), "e")
    return PipelineResult(embeddings, tuple(faces), None, ())


def test_a_photo_has_the_quality_of_its_first_face():
    photos = [ImageFile(name, "Ann", Path()) for name in ("a", "b", "c", "d")]
    made = result([face(0.7), face(0.2), face(0.5), None], ["a", "a", "c", "d"])
    told = quality_for_photos(photos, made)
    assert told[:3].tolist() == [0.7, 0.0, 0.5] and np.isnan(told[3])


def test_the_plot_shows_both_rates_and_what_could_be():
    axes = edc(CURVE, title="t").axes[0]
    fnmr, fmr, best = axes.lines
    assert fnmr.get_ydata()[0] == CURVE.fnmr[0] and fmr.get_ydata()[0] == CURVE.fmr[0]
    assert best.get_ydata()[0] == CURVE.fnmr[0] and best.get_ydata()[-1] == pytest.approx(0)
    assert np.all(np.diff(best.get_ydata()) < 0)
    (plot,) = quality_figures(CURVE)
    assert plot.image().light.startswith(b"<?xml") and edc(CURVE, theme=DARK).axes


def test_errors_of_which_there_are_none_can_be_drawn():
    none = error_versus_discard(DISTANCES, SAME, QUALITY, 2.0)
    assert none.fnmr[0] == 0 and edc(none).axes[0].get_ylim()[1] > 0


def test_the_words_are_the_figures():
    (text,) = quality_paragraphs(CURVE)
    assert f"{100 * CURVE.fnmr[0]:.2f}\xa0%" in text
    assert f"{100 * CURVE.fnmr_at(0.2):.2f}\xa0% without the worst 20\xa0%" in text
