"""As many trainings as folds, each measured on what it has not seen."""

import json
import statistics
from pathlib import Path

import numpy as np
import pytest

from triptych import multitask
from triptych.frame.errors import ConfigError, RunError
from triptych.multitask.engine.tuning import cross_validation
from triptych.multitask.engine.tuning.cross_validation import begun_folds, cross_validate

SETTINGS = {"epochs": 1, "batch": 32, "device": "cpu", "precision": "fp32", "progress": False}


@pytest.fixture(scope="module")
def pictures(few_pictures: Path) -> str:
    return str(few_pictures)


def test_every_picture_is_held_out_once(pictures: str):
    held_out = []
    for fold in (1, 2, 3):
        data = multitask.open_dataset("images", pictures, {"folds": 3, "fold": fold})
        rows = [set(data.rows[split].tolist()) for split in ("train", "validation", "test")]
        assert not (rows[0] & rows[1] or rows[0] & rows[2] or rows[1] & rows[2])
        assert len(rows[0] | rows[1] | rows[2]) == 96
        held_out += sorted(rows[2])
    assert sorted(held_out) == [*range(96)]


def test_a_fold_that_is_none_is_told(pictures: str):
    with pytest.raises(ConfigError, match="got fold 4 of 3"):
        multitask.open_dataset("images", pictures, {"folds": 3, "fold": 4})


def test_finished_folds_are_kept_and_the_rest_is_as_without_a_stop(
    pictures: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = cross_validate(pictures, folds=2, out=tmp_path / "whole", heads=["mask"], **SETTINGS)
    first, second = (each["mask/jaccard"] for each in whole.metrics)
    assert whole.mean["mask/jaccard"] == pytest.approx((first + second) / 2)
    assert whole.deviation["mask/jaccard"] == pytest.approx(statistics.stdev([first, second]))
    assert sum(whole.images) == 96
    written = json.loads((tmp_path / "whole" / "folds.json").read_bytes())
    assert written["mean"] == whole.mean and len(written["folds"]) == 2

    real = cross_validation.train

    def stopped(*args: object, **kwargs: object) -> None:
        if str(kwargs["out"]).endswith("fold-2"):
            raise KeyboardInterrupt
        real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(cross_validation, "train", stopped)
    place = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        cross_validate(pictures, folds=2, out=place, heads=["mask"], **SETTINGS)
    monkeypatch.setattr(cross_validation, "train", real)
    changed = (place / "fold-1" / "metrics.json").stat().st_mtime_ns
    assert begun_folds(place) == 2
    with pytest.raises(ConfigError, match="begun with epochs 1, got epochs 3"):
        cross_validate(pictures, folds=2, out=place, go_on=True, epochs=3, progress=False)
    again = cross_validate(pictures, folds=2, out=place, go_on=True, progress=False)
    assert np.allclose([*again.mean.values()], [*whole.mean.values()])
    assert (place / "fold-1" / "metrics.json").stat().st_mtime_ns == changed
    (place / "fold-1" / "model.json").unlink()  # as where it was killed between both
    cross_validate(pictures, folds=2, out=place, go_on=True, progress=False)
    assert (place / "fold-1" / "model.json").exists()


def test_slips_are_told(pictures: str, tmp_path: Path):
    with pytest.raises(ConfigError, match="digits makes its images anew"):
        cross_validate("digits", out=tmp_path / "run")
    with pytest.raises(ConfigError, match="2 folds or more"):
        cross_validate(pictures, folds=1, out=tmp_path / "run")
    with pytest.raises(RunError, match="Expected a cross-validation"):
        cross_validate(pictures, folds=2, out=tmp_path / "run", go_on=True)
    assert not (tmp_path / "run").exists()
