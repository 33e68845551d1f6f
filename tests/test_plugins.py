"""The example plug-ins: a head and a dataset of one file each, through the whole command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PLUGINS = Path(__file__).parents[1] / "examples" / "plugins"
BOTH = [f"--plugin={PLUGINS / name}.py" for name in ("keypoints", "rotated_digits")]


def triptych(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command typed in a process of its own: what is registered stays there."""
    return subprocess.run(
        [sys.executable, "-m", "triptych", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "TRIPTYCH_OFFLINE": "1"},
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, few_digits: Path) -> Path:
    """A run of both plug-ins on a few digits."""
    folder = tmp_path_factory.mktemp("plugins")
    done = triptych(
        *("train", "rotated-digits", *BOTH, "--heads", "label,keypoints", "--epochs", "2"),
        *("--source", few_digits, "--device", "cpu", "--out", folder / "run"),
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_the_run_names_its_plug_ins(run: Path):
    for name in ("run.json", "model.json"):
        plugins = json.loads((run / name).read_text())["plugins"]
        assert [Path(path).name for path in plugins] == ["keypoints.py", "rotated_digits.py"]


def test_without_the_plug_ins_the_run_says_which_it_needs(run: Path):
    done = triptych("predict", run, run / "answers.png", folder=run)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"--plugin {PLUGINS / 'keypoints.py'}" in done.stderr


def test_it_is_measured_with_its_own_metric(run: Path):
    done = triptych("evaluate", run, *BOTH, "--json", folder=run)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert 0 <= result["metrics"]["keypoints/pck"] <= 1
    assert "twentieth of the image's side" in result["definitions"]["keypoints/pck"]


def test_it_predicts_and_draws_in_the_photos_own_pixels(run: Path, tmp_path: Path):
    digit = np.zeros((56, 56, 3), np.uint8)
    digit[10:46, 26:31] = 255
    Image.fromarray(digit).save(tmp_path / "one.png")
    done = triptych(
        *("predict", run, tmp_path / "one.png", *BOTH, "--json", "--draw", tmp_path / "drawn"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    (prediction,) = json.loads(done.stdout)["predictions"]
    assert prediction["answers"]["keypoints"].keys() == {"top", "bottom"}
    drawn = np.asarray(Image.open(tmp_path / "drawn" / "one.png"))
    assert drawn.shape[:2] >= (56, 56)


def test_the_dataset_is_listed_and_looked_at(run: Path, few_digits: Path, tmp_path: Path):
    listed = triptych("data", "list", *BOTH, "--json", folder=tmp_path)
    assert "rotated-digits" in json.loads(listed.stdout)["datasets"], listed.stderr
    sheet = tmp_path / "sheet.png"
    looked = triptych(
        *("data", "look", "rotated-digits", *BOTH, "--source", few_digits, "--out", sheet),
        folder=tmp_path,
    )
    assert looked.returncode == 0 and sheet.exists(), looked.stderr
