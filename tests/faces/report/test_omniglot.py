"""One-shot runs of characters, made by hand: which is nearest, and what is no run."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.report.omniglot import evaluate_one_shot
from triptych.frame.errors import DataError

ANGLES = {"a": 0, "b": 100, "c": 200}


class Grey(Encoder):
    """Tells pictures apart by their mean grey alone, laid out on a circle."""

    name = fingerprint = "grey"
    height, width, channels, size, template = 4, 4, 1, 2, None

    def encode(self, crops: Crops) -> Vectors:
        angles = crops.mean((1, 2, 3)) / 255 * np.pi
        return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def packed(path: Path, tests: dict[str, int], folder: str = "run01", top: str = "") -> Path:
    """A run whose training drawings are grey 0, 100 and 200; `tests` names the right class of
    each test drawing's grey: {"a": 10} is a drawing of a that is nearly black."""
    lines = []
    with zipfile.ZipFile(path, "a") as file:
        for name, grey in ANGLES.items():
            file.writestr(f"{top}{folder}/training/{name}.png", drawing(grey))
        for name, grey in tests.items():
            file.writestr(f"{top}{folder}/test/{name}.png", drawing(grey))
            lines.append(f"{folder}/test/{name}.png {folder}/training/{name}.png")
        file.writestr(f"{top}{folder}/class_labels.txt", "\n".join([*lines, ""]))
    return path


def drawing(grey: int) -> bytes:
    content = BytesIO()
    Image.new("L", (8, 8), grey).save(content, "PNG")
    return content.getvalue()


def test_the_nearest_drawing_names_the_character(tmp_path: Path):
    path = packed(tmp_path / "runs.zip", {"a": 10, "b": 160, "c": 190})
    found = evaluate_one_shot(path, Grey())
    assert found.runs == {"run01": pytest.approx(2 / 3)}  # 160 is nearer to 200 than to 100
    assert found.trials == 3


def test_the_figure_is_the_mean_over_runs(tmp_path: Path):
    path = packed(tmp_path / "runs.zip", {"a": 0, "b": 100})
    packed(path, {"a": 100, "b": 0, "c": 200}, "run02")
    found = evaluate_one_shot(path, Grey())
    assert found.accuracy == pytest.approx((1 + 1 / 3) / 2)
    assert found.to_dict()["metrics"] == {"characters/one_shot": round(2 / 3, 6)}


def test_runs_within_a_folder_are_found_too(tmp_path: Path):
    path = tmp_path / "runs.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, grey in ANGLES.items():
            file.writestr(f"all_runs/run01/training/{name}.png", drawing(grey))
            file.writestr(f"all_runs/run01/test/{name}.png", drawing(grey))
        pairs = (f"run01/test/{name}.png run01/training/{name}.png" for name in ANGLES)
        file.writestr("all_runs/run01/class_labels.txt", "\n".join(pairs))
    assert evaluate_one_shot(path, Grey()).accuracy == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"run01/test/a.png": b""}, "found none"),
        ({"run01/class_labels.txt": b"one two three"}, "two names a line"),
        ({"run01/class_labels.txt": b""}, "two names a line"),
        ({"run01/class_labels.txt": b"a.png b.png"}, "Cannot read the one-shot runs"),
        (
            {"run01/class_labels.txt": b"a.png a.png", "run01/a.png": b"no picture"},
            "Cannot read the one-shot runs",
        ),
    ],
    ids=["no list", "three names", "empty", "no drawing", "no picture"],
)
def test_what_is_no_run_is_told_in_one_line(tmp_path: Path, content, words):
    path = tmp_path / "runs.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in content.items():
            file.writestr(name, data)
    with pytest.raises(DataError, match=words) as caught:
        evaluate_one_shot(path, Grey())
    assert "\n" not in str(caught.value)


def test_no_zip_is_told_in_words(tmp_path: Path):
    (tmp_path / "runs.zip").write_bytes(b"nothing")
    for path in (tmp_path / "runs.zip", tmp_path / "none.zip"):
        with pytest.raises(DataError, match="Cannot read the one-shot runs"):
            evaluate_one_shot(path, Grey())


@pytest.mark.real
def test_the_published_runs_are_twenty_of_twenty(data: Callable[[str], Path]):
    found = evaluate_one_shot(data("omniglot/all_runs.zip"), Grey())
    assert len(found.runs) == 20 and found.trials == 400
    assert 0.02 < found.accuracy < 0.3  # mean grey alone is little better than chance
