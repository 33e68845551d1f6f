"""The report of a run: its figures are the evaluation's, its page holds all it shows."""

import json
import re
from pathlib import Path
from shutil import copytree

import pyarrow.parquet as pq
import pytest

from triptych import multitask
from triptych.frame.errors import RunError
from triptych.multitask.report.write import Report, write_report


@pytest.fixture(scope="module")
def report(trained_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    run = copytree(trained_run, tmp_path_factory.mktemp("reported") / "run")
    return write_report(run, device="cpu", progress=False)


def test_figures_are_those_of_the_evaluation_within_their_intervals(report: Report):
    known = multitask.evaluate(report.run, device="cpu").metrics
    told_apart = ("/ece", "/ece_uncalibrated", "_coverage")  # in charts of their own
    assert report.figures.keys() == {name for name in known if not name.endswith(told_apart)}
    for name, one in report.figures.items():
        assert one.value == pytest.approx(known[name], abs=1e-5)
        assert one.low <= one.value <= one.high


def test_the_page_fetches_and_runs_nothing(report: Report):
    page = report.page.read_text()
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href|srcset)=["'](?!data:|#)""", page)
    assert not re.findall(r"url\((?!data:)", page)


def test_the_page_tells_every_figure_and_section(report: Report):
    page = report.page.read_text()
    for name, one in report.figures.items():
        assert name in page and f"{one.value:.4f}" in page
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    for title in ("Figures", "Answers beside the truth", "digit", "circle", "How it learnt"):
        assert title in headings
    assert "How to repeat it" in headings and report.fingerprint in page


def test_the_table_has_a_row_an_image_and_gives_the_figures_again(report: Report):
    table = pq.read_table(report.table).to_pydict()
    assert table["image"] == list(range(report.images))
    right = [a == t for a, t in zip(table["digit/answer"], table["digit/truth"])]
    assert sum(right) / len(right) == pytest.approx(report.figures["digit/accuracy"].value)
    mean = sum(table["circle/score"]) / report.images
    assert mean == pytest.approx(report.figures["circle/iou"].value, abs=1e-5)
    assert {"circle/answer/radius", "circle/truth/x", "digit/probability"} <= table.keys()


def test_figures_are_json(report: Report):
    told = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert told["images"] == report.images and told["figures"]["digit/accuracy"]["definition"]
    assert 0 <= told["calibration"]["digit"]["ece"] <= 1


def test_data_that_changed_are_refused(report: Report, tmp_path: Path):
    run = copytree(report.run, tmp_path / "run")
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "data": "0" * 16}))
    with pytest.raises(RunError, match="have changed"):
        write_report(run, device="cpu", progress=False)
