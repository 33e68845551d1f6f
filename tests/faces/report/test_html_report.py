"""The report of an evaluation."""

import json
import re
from dataclasses import replace
from pathlib import Path

import markupsafe
import numpy as np
import pytest

from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.report.evaluate import evaluate
from triptych.faces.report.html_report import make_folder, write_report
from triptych.faces.report.result import FaceEvaluation
from triptych.frame.errors import WriteError
from triptych.frame.storage import images

NAMES = (
    "<script>alert(1)<|script>",
    'O\'Neil "the" & Co',
    "🙂 größer",
    "x" * 250,
    "{{ 7 * 7 }}",
    "dots .. and \\",
)
WRITTEN = {
    "report.html",
    "evaluation.json",
    "roc.png",
    "det.png",
    "distances.png",
    "strangers.png",
    "worst.png",
}


class Colours(Encoder):
    """Tells pictures apart by their pixels."""

    name, fingerprint = "colours", "colours-000000000000"
    height = width = 8
    channels, dim, template = 1, 64, None

    def encode(self, crops: Crops) -> Vectors:
        flat = crops.reshape(len(crops), self.dim).astype(np.float32) - 127.5
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> FaceEvaluation:
    """Six people with odd names, hard to tell apart, and a damaged photo."""
    folder = tmp_path_factory.mktemp("odd <people>")
    chance = np.random.default_rng(1)
    for name in NAMES:
        (folder / name).mkdir()
        pattern = chance.integers(0, 255, (8, 8, 1))
        for photo in range(5):
            pixels = (pattern + chance.normal(0, 150, pattern.shape)).clip(0, 255)
            images.save(folder / name / f"{photo}.png", pixels.astype(np.uint8))
    (folder / NAMES[0] / "0.png").write_bytes(b"<b>no picture</b>")
    return evaluate(folder, encoder=Colours(), folds=3)


@pytest.fixture(scope="module")
def report(odd: FaceEvaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "new" / "folder"
    write_report(folder, odd)
    return folder


def test_a_report_is_complete(report: Path, odd: FaceEvaluation):
    assert {path.name for path in report.iterdir()} == WRITTEN
    assert json.loads((report / "evaluation.json").read_text("utf-8")) == odd.to_dict()
    for name in WRITTEN - {"report.html", "evaluation.json"}:
        assert images.read(report / name).shape[0] > 200


def test_the_page_tells_every_figure_name_and_refusal(report: Path, odd: FaceEvaluation):
    told = (report / "report.html").read_text("utf-8")
    for name in odd.metrics:
        assert name.removeprefix("classifier/") in told
    assert odd.refused and odd.comparison and odd.comparison.errors.photos()
    assert str(markupsafe.escape(odd.refused[0].reason)) in told
    shown = {photo.person for photo in odd.comparison.errors.photos()}
    assert len(shown) >= 4
    for name in shown:
        assert str(markupsafe.escape(name)) in told


def test_odd_names_do_no_harm_and_nothing_is_fetched(report: Path):
    told = (report / "report.html").read_text("utf-8")
    assert "<script" not in told and "<b>no picture" not in told
    addresses = re.findall(r'(?:src|srcset|href)="([^#"][^"]*)', told)
    assert addresses and all(one.startswith("data:image/") for one in addresses)
    outside = re.sub(r"data:image/[^\"]*", "", told)
    assert "http:" not in outside and "https:" not in outside and "url(" not in outside


def test_the_same_evaluation_makes_the_same_report(
    report: Path, odd: FaceEvaluation, tmp_path: Path
):
    write_report(tmp_path, odd)
    for name in WRITTEN:
        assert (tmp_path / name).read_bytes() == (report / name).read_bytes(), name


def test_pictures_of_an_earlier_report_do_not_stay(odd: FaceEvaluation, tmp_path: Path):
    for name in WRITTEN:
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / "mine.txt").touch()
    write_report(
        tmp_path, replace(odd, comparison=None, skipped=("Pairs: too few <i>photos</i>.",))
    )
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"report.html", "evaluation.json", "strangers.png", "mine.txt"}
    told = (tmp_path / "report.html").read_text("utf-8")
    assert "Pairs: too few &lt;i&gt;photos" in told and "Same person or not" not in told


def test_where_nothing_can_be_written_one_line_says_so(odd: FaceEvaluation, tmp_path: Path):
    (tmp_path / "file").touch()
    (tmp_path / "taken" / "worst.png").mkdir(parents=True)
    with pytest.raises(WriteError, match=r"^Cannot make the folder .*file: file exists\.$"):
        make_folder(tmp_path / "file")
    with pytest.raises(WriteError, match=r"Cannot remove the old .*worst\.png") as told:
        write_report(tmp_path / "taken", replace(odd, crops={}))
    assert "\n" not in str(told.value)
