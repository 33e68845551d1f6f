"""Runs are compared on the same images, whatever their seed, heads and canvas, and on no others."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from triptych import multitask
from triptych.frame.errors import ConfigError, WriteError
from triptych.multitask import open_dataset
from triptych.multitask.report.comparison.compare import Comparison, compare

QUIET = {"device": "cpu", "progress": False}
TRAINED = {"epochs": 1, "batch": 64, "precision": "fp32", "device": "cpu", "progress": False}


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory, few_digits: Path) -> Path:
    """A run of the same test images: another seed, and without the heads `box` and `mask`."""
    folder = tmp_path_factory.mktemp("other") / "short"
    heads = ["label", "circle"]
    given = {"source": str(few_digits), "seed": 1, **TRAINED}
    multitask.train("digits", out=folder, heads=heads, options={"input": "image"}, **given)
    return folder


@pytest.fixture(scope="module")
def compared(
    trained_run: Path, other_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> Comparison:
    page = tmp_path_factory.mktemp("page") / "compare.html"
    return compare([trained_run, other_run], to=page, **QUIET)


def test_figures_are_those_of_the_evaluations(
    compared: Comparison, trained_run: Path, other_run: Path
):
    known = [multitask.evaluate(run, **QUIET).metrics for run in (trained_run, other_run)]
    [pair] = compared.comparisons
    assert {*pair.figures} == {"digit/accuracy", "circle/iou", "circle/iou_when_right"}
    for name, one in pair.figures.items():
        assert one.baseline == pytest.approx(known[0][name], abs=1e-5)
        assert one.value == pytest.approx(known[1][name], abs=1e-5)
        assert one.difference.value == pytest.approx(one.value - one.baseline, abs=1e-5)
        assert one.difference.low <= one.difference.value <= one.difference.high


def test_heads_of_one_run_alone_are_told_as_not_compared(compared: Comparison):
    [pair] = compared.comparisons
    assert {*pair.not_compared} == {"box", "mask"}
    assert {*pair.changes} == {"digit", "circle"}
    assert "only digits has it" in pair.not_compared["mask"]


def test_counts_are_of_all_images_and_give_the_difference(compared: Comparison):
    [pair] = compared.comparisons
    counts = pair.changes["digit"].counts()
    names = ("right_in_both", "right_to_wrong", "wrong_to_right", "wrong_in_both")
    assert sum(counts[name] for name in names) == compared.images == 60
    net = (counts["wrong_to_right"] - counts["right_to_wrong"]) / 60
    assert net == pytest.approx(pair.figures["digit/accuracy"].difference.value, abs=1e-6)


def test_the_page_holds_all_it_shows(compared: Comparison):
    assert compared.page is not None
    page = compared.page.read_text()
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href|srcset)=["'](?!data:|#)""", page)
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    told = ("Figures", "Which answers changed", "digit", "circle", "What differs between the runs")
    assert [title for title in headings if title in told] == [*told[:2], "circle", "digit", told[4]]
    assert "short against digits" in page and "Not compared" in page
    assert [*compared.page.parent.iterdir()] == [compared.page]


def test_the_answer_is_json(compared: Comparison):
    told = json.loads(json.dumps(compared.to_dict(), allow_nan=False))
    [pair] = told["comparisons"]
    assert told["images"] == 60 and told["page"] == str(compared.page)
    assert pair["changes"]["digit"]["right_if"] == "class right"
    assert pair["figures"]["circle/iou"]["lower_is_better"] is False
    assert {*told["definitions"]} == {*pair["figures"]}


def test_a_run_against_itself_differs_by_exactly_nothing(trained_run: Path, few_digits: Path):
    options = json.loads((trained_run / "run.json").read_text())["plan"]["options"]
    given = [open_dataset("digits", str(few_digits), options)] * 2  # open already
    [pair] = compare([trained_run, trained_run], datasets=given, **QUIET).comparisons
    assert pair.figures and not pair.not_compared
    for one in pair.figures.values():
        assert one.difference.to_dict() == {"value": 0, "low": 0, "high": 0}
        assert one.verdict == ""
    for changes in pair.changes.values():
        counts = changes.counts()
        assert counts["better"] == counts["worse"] == counts["right_to_wrong"] == 0


def test_the_first_of_several_is_the_baseline(trained_run: Path, other_run: Path, tmp_path: Path):
    page = tmp_path / "all.html"
    done = compare([other_run, trained_run, other_run], to=page, **QUIET)
    named = [one.name for one in done.comparisons]
    assert named == ["digits", "short (2)"] and done.name == "short"
    differences = [one.figures["circle/iou"].difference.value for one in done.comparisons]
    assert differences[0] > 0 == differences[1]
    assert "No answer changed." in page.read_text()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (60, "all of the 60 test images differ, image\xa00 the first"),
        (50, "50 test images of digits"),
    ],
)
def test_other_test_images_are_refused(
    trained_run: Path,
    few_digits: Path,
    write_idx: Callable[..., Path],
    tmp_path: Path,
    count: int,
    words: str,
):
    rng = np.random.default_rng(0)
    parts = [(rng.integers(0, 256, (n, 28, 28), np.uint8), [*range(10)] * 24) for n in (240, count)]
    folder = write_idx(tmp_path / "noise", parts[0], (parts[1][0], parts[1][1][:count]))
    run = copytree(trained_run, tmp_path / "run")  # as if it had been trained on them
    record = json.loads((run / "run.json").read_text())
    record["plan"]["source"] = str(folder)
    record["data"] = open_dataset("digits", str(folder), record["plan"]["options"]).fingerprint()
    (run / "run.json").write_text(json.dumps(record))
    with pytest.raises(ConfigError, match=words) as slip:
        compare([trained_run, run], to=tmp_path / "page.html", **QUIET)
    assert str(folder) in str(slip.value) and str(few_digits) in str(slip.value)
    assert not (tmp_path / "page.html").exists()


def test_pictures_of_ones_own_are_compared_across_canvases(few_pictures: Path, tmp_path: Path):
    runs = []
    for size, heads in ((32, ["mask", "semantic"]), (48, ["mask"])):
        runs.append(tmp_path / str(size))
        given = {**TRAINED, "heads": heads, "options": {"size": size}, "batch": 16}
        multitask.train(str(few_pictures), out=runs[-1], **given)
    done = compare(runs, to=tmp_path / "page.html", **QUIET)
    [pair] = done.comparisons
    assert {*pair.figures} == {"mask/jaccard"} and {*pair.not_compared} == {"semantic"}
    page = (tmp_path / "page.html").read_text()
    assert "32 × 32, RGB" in page and "48 × 32, RGB" in page
    assert ".png" in page  # pictures are called by their files


def test_one_run_is_no_comparison(trained_run: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match="two runs or more"):
        compare([trained_run], **QUIET)
    with pytest.raises(ConfigError, match="2 datasets"):
        compare([trained_run, trained_run], datasets=[], **QUIET)
    with pytest.raises(WriteError, match="no folder"):
        compare([trained_run, trained_run], to=tmp_path / "none" / "page.html", **QUIET)
