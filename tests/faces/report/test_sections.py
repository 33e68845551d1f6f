"""What the sections of a report say."""

from dataclasses import replace

from triptych.faces.report.result import FaceEvaluation
from triptych.faces.report.sections import headline_figures, report_sections

from .test_html_report import odd as odd


def test_the_headlines_are_the_figures(odd: FaceEvaluation):
    headlines = headline_figures(odd)
    assert [headline.name for headline in headlines] == [
        *("Verification accuracy", "Equal error rate", "One-shot identification", "Photos"),
    ]
    accuracy = odd.metrics["verification/accuracy"]
    assert accuracy and headlines[0].value.startswith(
        f"{100 * accuracy:.2f}".rstrip("0").rstrip(".")
    )
    assert headlines[-1].value == "30" and "1 refused" in headlines[-1].note


def test_each_part_that_was_measured_has_a_section(odd: FaceEvaluation):
    titles = [section.title for section in report_sections(odd)]
    assert titles[:2] == ["Same person or not", "Who is it"]
    assert titles[-2:] == ["Mistakes", "Refused photos"]
    bare = replace(
        odd,
        comparison=None,
        pair_classifiers=(),
        identity_classifiers=(),
        refused=(),
        skipped=("x",),
    )
    assert [section.title for section in report_sections(bare)] == ["Who is it", "Not measured"]
    assert headline_figures(bare)[0].name == "One-shot identification"
