"""Runs and galleries that triptych 0.1.0 made: loaded, measured and gone on with as it would.

`tests/old_runs` was written by version 0.1.0 on tiny data: its runs, and what it answered.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from .typed import Done, Run

OLD = Path(__file__).parents[1] / "old_runs"
MADE_IN = "/tmp/old"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the old runs whose records name the files where they are now."""
    folder = tmp_path / "old"
    shutil.copytree(OLD, folder)
    places = {"/photos/0.png": "/photo.png"}
    for record in folder.glob("*/run.json"):
        text = record.read_text().replace(MADE_IN, str(folder))
        for before, after in places.items():
            text = text.replace(before, after)
        record.write_text(text)
    return folder


def answered(done: Done) -> Any:
    assert done.status == 0, done.err
    return json.loads(done.out)


def alike(now: Any, then: Any, tolerance: float = 0.02) -> None:
    """The same JSON, numbers to within a rounding of another processor's."""
    assert type(now) is type(then)
    if isinstance(then, dict):
        assert now.keys() >= then.keys()
        for key in then.keys() - {"rle", "run", "gallery", "source"}:
            alike(now[key], then[key], tolerance)
    elif isinstance(then, list):
        assert len(now) == len(then)
        for one, other in zip(now, then):
            alike(one, other, tolerance)
    elif isinstance(then, float):
        assert now == pytest.approx(then, abs=tolerance)
    elif not isinstance(then, str) or "/" not in then:
        assert now == then or isinstance(then, int)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", ["digits", "colored-digits", "mosaic-digits"])
def test_an_old_run_predicts_as_it_did(run: Run, old: Path, name: str):
    done = run("predict", old / name, old / "people/person0/0.png", "--json", "--device", "cpu")
    alike(answered(done), json.loads((OLD / name / "predicted.json").read_text()))


@pytest.mark.parametrize("name", ["digits", "colored-digits"])
def test_an_old_run_is_measured_as_it_was(run: Run, old: Path, name: str):
    done = run("evaluate", old / name, "--json", "--device", "cpu")
    alike(answered(done), json.loads((OLD / name / "evaluated.json").read_text()), 0.03)


def test_an_old_run_that_was_stopped_ends_as_it_would(run: Run, old: Path):
    done = run("train", "digits", "--out", old / "digits-stopped", "--resume", "--json")
    assert done.status == 0, done.err
    # names of tensors may differ: those of a kind and shape are compared in order of their values
    now, then = (
        sorted(
            (values.shape, str(values.dtype), float(values.sum()))
            for name, values in load_file(path).items()
            if not name.startswith("novelty.")  # which version 0.1.0 did not have
            and name.rpartition(".")[2] not in ("temperature", "margins")
        )
        for path in (old / "digits-stopped/model.safetensors", OLD / "digits-resumed.safetensors")
    )
    assert [one[:2] for one in now] == [one[:2] for one in then]
    np.testing.assert_allclose([o[2] for o in now], [o[2] for o in then], rtol=1e-3, atol=1e-3)
    rows, expected = (
        path.read_text().splitlines()
        for path in (old / "digits-stopped/metrics.csv", OLD / "digits-resumed.csv")
    )
    assert rows[0] == expected[0] and len(rows) == len(expected)
    assert rows[1] == expected[1]  # the first epoch is that of the old run
    last, wanted = ([float(cell) for cell in row[-1].split(",")] for row in (rows, expected))
    np.testing.assert_allclose(last, wanted, rtol=1e-2, atol=1e-3)


def test_an_old_encoder_and_an_old_gallery_know_each_other(run: Run, old: Path):
    done = run(
        *("faces", "identify", old / "people/person0/0.png", "--encoder", old / "faces"),
        *("--gallery", old / "people.db", "--threshold", "0.5", "--nearest", "--json"),
    )
    alike(answered(done), json.loads((OLD / "identified.json").read_text()))


def test_an_old_fast_style_paints_as_it_did(run: Run, old: Path, tmp_path: Path):
    out = tmp_path / "applied"
    done = run("style", "apply", old / "style", old / "photo.png", "--out", out, "--device", "cpu")
    assert done.status == 0, done.err
    assert np.abs(pixels(out / "photo.png") - pixels(OLD / "applied.png")).max() <= 2


def test_an_old_painting_is_gone_on_with(run: Run, old: Path, tmp_path: Path):
    out = tmp_path / "picture.png"
    done = run("style", "paint", "--run", old / "paint-stopped", "--resume", "--out", out)
    assert done.status == 0, done.err
    assert np.abs(pixels(out) - pixels(OLD / "painted.png")).mean() <= 2
    rows = (old / "paint-stopped/costs.csv").read_text().splitlines()
    assert len(rows) == 1 + 6
