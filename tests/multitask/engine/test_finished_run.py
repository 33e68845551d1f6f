"""A finished run is opened as it was trained, or says why it is none."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from triptych.frame.errors import ConfigError, RunError
from triptych.multitask import open_dataset
from triptych.multitask.engine.finished_run import open_run


def test_model_and_data_are_those_of_the_run(trained_run: Path, few_digits: Path):
    done = open_run(trained_run, device="cpu", unchanged=True)
    assert done.record["plan"]["dataset"] == done.task.dataset == "digits"
    assert not done.model.training and next(done.model.parameters()).device.type == "cpu"
    assert done.source == done.task.source == str(few_digits)
    assert torch.equal(
        done.data.batch("test", torch.arange(3)).images,
        open_dataset("digits", str(few_digits)).batch("test", torch.arange(3)).images,
    )


def test_a_dataset_that_is_given_is_the_one(trained_run: Path, few_digits: Path):
    data = open_dataset("digits", str(few_digits))
    assert open_run(trained_run, dataset=data).data is data


def test_other_images_are_refused_where_they_must_be_the_same(trained_run: Path):
    done = open_run(trained_run, source="drawn", device="cpu")
    assert done.source == "drawn"
    with pytest.raises(RunError, match="data"):
        open_run(trained_run, source="drawn", device="cpu", unchanged=True)


def test_no_run_a_damaged_one_and_no_device_are_told(trained_run: Path, tmp_path: Path):
    with pytest.raises(RunError):
        open_run(tmp_path)
    with pytest.raises(ConfigError):
        open_run(trained_run, device="abacus")
    copy = tmp_path / "run"
    shutil.copytree(trained_run, copy)
    record = json.loads((copy / "run.json").read_text())
    del record["data"]
    (copy / "run.json").write_text(json.dumps(record))
    with pytest.raises(RunError, match="damaged"):
        open_run(copy, unchanged=True)
