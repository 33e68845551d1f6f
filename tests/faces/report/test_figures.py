"""The plots of a report, with their words."""

import pytest

from triptych.faces.report.figures import identification_figures, percent, verification_figures
from triptych.faces.report.result import FaceEvaluation

from .test_html_report import odd as odd


@pytest.mark.parametrize(
    ("share", "text"), [(0.98444, "98.44\xa0%"), (1.0, "100\xa0%"), (0.1, "10\xa0%"), (0, "0\xa0%")]
)
def test_a_share_is_told_in_percent(share: float, text: str):
    assert percent(share) == text


def test_each_figure_is_drawn_in_light_and_dark(odd: FaceEvaluation):
    assert odd.comparison and odd.identification
    figures = verification_figures(odd.comparison) + identification_figures(odd.identification)
    assert [figure.file for figure in figures] == [
        *("roc.png", "det.png", "distances.png", "strangers.png"),
    ]
    for figure in figures:
        image = figure.image()
        assert image.light != image.dark and image.light.lstrip().startswith(b"<?xml")
        assert figure.title in image.alt and figure.note in image.alt
