"""The result of an evaluation, as JSON."""

from dataclasses import replace

from triptych.faces.report.result import FaceEvaluation

from .test_html_report import odd as odd


def test_metrics_and_definitions_go_by_part(odd: FaceEvaluation):
    assert odd.comparison and odd.identification
    parts = {name.partition("/")[0] for name in odd.metrics}
    assert parts == {"verification", "identification", "classifier"}
    assert odd.metrics["verification/eer"] == odd.comparison.verification.eer
    assert odd.metrics["identification/rank1"] == odd.identification.rank1
    assert odd.metrics.keys() == odd.definitions.keys()


def test_the_json_has_the_names_that_files_hold(odd: FaceEvaluation):
    told = odd.to_dict()
    assert [*told] == [
        *("metrics", "definitions", "photos", "people", "pairs", "groups", "refused"),
        *("left_out", "encoder", "calibration", "folder", "seed"),
    ]
    bare = replace(odd, comparison=None, skipped=("Pairs: too few.",)).to_dict()
    assert bare["pairs"] is None and bare["left_out"] == ["Pairs: too few."]
    assert not any(name.startswith("verification/") for name in bare["metrics"])
