"""Trainings on pictures of unequal classes."""

import json
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from safetensors.torch import load_file

from triptych import multitask
from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask.data.datamodule import EpochLoader
from triptych.multitask.data.source import DataNotice
from triptych.multitask.engine.task import TaskConfig, resolve_balance

COUNTS = {"ball": 66, "cube": 4}


@pytest.fixture(scope="module")
def unequal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures by split and class: 66 and 4 to train on, 4 of each to measure."""
    folder = tmp_path_factory.mktemp("unequal")
    rng = np.random.default_rng(0)
    for split in ("train", "val", "test"):
        for number, (name, count) in enumerate(COUNTS.items()):
            (folder / split / name).mkdir(parents=True)
            for index in range(count if split == "train" else 4):
                picture = rng.integers(0, 99, (16, 16, 3), dtype=np.uint8) + np.uint8(99 * number)
                cv2.imwrite(str(folder / split / name / f"{index}.png"), picture)
    return folder


def small(folder: Path, out: Path, **more: Any) -> dict[str, Any]:
    settings = {"epochs": 1, "batch": 10, "precision": "fp32", "device": "cpu", "progress": False}
    multitask.train(str(folder), out=out, **{**settings, **more})
    return json.loads((out / "run.json").read_text())["plan"]


def test_auto_weighs_and_says_so_and_none_is_the_former_training(unequal: Path, tmp_path: Path):
    said = r"Classes are unequal: 4 … 66 images each; rarer ones weigh more \(--balance none"
    with pytest.warns(DataNotice, match=said):
        assert small(unequal, tmp_path / "auto")["balance"] == "weights"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert small(unequal, tmp_path / "none", balance="none")["balance"] == "none"
    weights, others = (load_file(tmp_path / n / "model.safetensors") for n in ("auto", "none"))
    assert weights.keys() == others.keys()
    assert any((weights[name] != others[name]).any() for name in weights)


def test_sampling_resumes_as_it_was_begun(unequal: Path, tmp_path: Path):
    with pytest.warns(DataNotice, match="drawn more often"):
        assert small(unequal, tmp_path, balance="sampling")["balance"] == "sampling"
    for other in ("none", "auto"):  # auto weighs here
        with pytest.raises(ConfigError, match="begun with balance sampling, got balance"):
            multitask.resume(tmp_path, balance=other, progress=False)
    with pytest.warns(DataNotice, match="drawn more often"):
        multitask.resume(tmp_path, balance="sampling", epochs=2, progress=False)


def test_an_epoch_has_as_many_images_of_each_class(unequal: Path):
    data = multitask.open_dataset("images", str(unequal))
    numbers, counts = data.class_numbers("label"), data.class_counts("label")
    assert numbers is not None and counts is not None and counts.tolist() == [66, 4]
    assert data.class_counts("box") is None and data.class_numbers("box") is None
    epochs = [EpochLoader(data, "train", 10, epoch=e, balance_by="label") for e in range(40)]
    assert {len(epoch) for epoch in epochs} == {7}
    shares = [numbers[np.concatenate(epoch.indices)].double().mean().item() for epoch in epochs]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.03)
    halves = [EpochLoader(data, "train", 10, share=(r, 2), balance_by="label") for r in (0, 1)]
    for whole, first, second in zip(epochs[0].indices, *(half.indices for half in halves)):
        assert whole[0::2].tolist() == first.tolist() and whole[1::2].tolist() == second.tolist()


def test_what_cannot_be_balanced_is_told(unequal: Path, few_digits: Path):
    digits = multitask.open_dataset("digits", str(few_digits))
    assert resolve_balance("auto", digits, ["label"]) == "none"
    for balance in ("weights", "sampling"):
        with pytest.raises(ConfigError, match=f"digits cannot be balanced by {balance}"):
            resolve_balance(balance, digits, ["label"])
    with pytest.raises(UnknownNameError, match="weights"):
        resolve_balance("weight", digits, ["label"])


def test_a_run_that_says_nothing_of_balance_has_none():
    old = {"dataset": "digits", "source": "mnist", "options": {}, "heads": ["label"]}
    old |= {"loss_weights": {}, "backbone": "auto", "backbone_options": {}}
    assert TaskConfig.from_dict(old).balance == "none"
