"""Where a mask comes from: an image file, or the mask head of a run that looks at the content."""

from pathlib import Path

import numpy as np
import pytest

from triptych import multitask
from triptych.cli.style.masks import mask_reader, predict_mask
from triptych.frame.errors import ConfigError, RunError
from triptych.frame.storage import images
from triptych.multitask.structures.annotations import BinaryMask, ClassLabel

CONTENT = np.zeros((6, 8, 3), np.uint8)


class Predictor:
    """Answers with what it was given."""

    def __init__(self, annotations: dict):
        self.annotations = annotations

    def predict(self, content: np.ndarray) -> "Predictor":
        assert content is CONTENT
        return self


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "model.json").write_text("{}")
    return tmp_path


def answer(monkeypatch: pytest.MonkeyPatch, **annotations: object) -> list[dict]:
    asked: list[dict] = []

    def load(run: str, **options: object) -> Predictor:
        asked.append({"run": run, **options})
        return Predictor(annotations)

    monkeypatch.setattr(multitask, "load", load)
    return asked


def half() -> BinaryMask:
    probability = np.zeros((6, 8), np.float32)
    probability[:, :2] = 0.75
    return BinaryMask(probability)


def test_a_file_is_read_and_the_content_not_looked_at(tmp_path: Path):
    light = np.array([[0, 255]], np.uint8)[..., None]
    images.save(tmp_path / "mask.png", light)
    assert mask_reader()(str(tmp_path / "mask.png"), CONTENT).tolist() == [[0, 1]]


def test_the_mask_head_of_a_run_is_taken_and_its_share_told(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    asked = answer(monkeypatch, digit=ClassLabel("7", 0.9, ()), ink=half())
    mask = mask_reader("cpu")(str(run), CONTENT)
    np.testing.assert_array_equal(mask, half().probability)
    assert asked == [{"run": str(run), "device": "cpu"}]
    assert capsys.readouterr().err == f"mask: the head 'ink' of {run.name} finds 25%\n"


def test_a_run_that_finds_nothing_or_has_no_mask_head_is_refused(
    run: Path, monkeypatch: pytest.MonkeyPatch
):
    answer(monkeypatch, ink=BinaryMask(np.zeros((6, 8), np.float32)))
    with pytest.raises(ConfigError, match=r"'ink' of .* finds nothing"):
        predict_mask(str(run), CONTENT, "cpu")
    answer(monkeypatch, digit=ClassLabel("7", 0.9, ()))
    with pytest.raises(ConfigError, match=r"has digit\. Train one: triptych train digits"):
        predict_mask(str(run), CONTENT, "cpu")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="Expected a picture or a finished run with a mask head"):
        mask_reader()(str(tmp_path), CONTENT)


def test_a_run_of_style_is_refused_by_its_kind(run: Path):
    (run / "run.json").write_text('{"format": 2, "fast": {}}')
    with pytest.raises(RunError, match="is a run of `triptych style train`"):
        predict_mask(str(run), CONTENT, "cpu")
