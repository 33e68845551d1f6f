"""What may change when a run is resumed: epochs may grow, and one device may have two names."""

from pathlib import Path

import pytest
import torch

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError
from triptych.frame.training import devices
from triptych.frame.training.resume import (
    growth_note,
    recorded_settings,
    resumed_configs,
    resumed_settings,
)
from triptych.style.fast.config import FastStyleConfig

RUN = Path("run")


@pytest.fixture(autouse=True)
def cpu_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.accelerator.current_accelerator", lambda: None)
    assert devices.resolve_device("auto") == torch.device("cpu")


@pytest.mark.parametrize(
    ("before", "now"), [("cpu", "auto"), ("auto", "cpu"), ("cpu", "cpu"), ("auto", "auto")]
)
def test_names_of_one_device_do_not_differ(before: str, now: str):
    config = TrainingConfig(device=before)
    assert resumed_settings(RUN, config, {"device": now}) == config


@pytest.mark.parametrize(("before", "now"), [("cpu", "cuda"), ("cuda:1", "auto"), ("x", "cpu")])
def test_another_device_is_refused_by_name(before: str, now: str):
    with pytest.raises(ConfigError, match=f"begun with device {before}, got device {now}"):
        resumed_settings(RUN, TrainingConfig(device=before), {"device": now})


def test_epochs_may_grow_and_never_fall():
    config = TrainingConfig(epochs=3)
    assert resumed_settings(RUN, config, {"epochs": 5}).epochs == 5
    with pytest.raises(ConfigError, match="Epochs may only grow: name more than 3"):
        resumed_settings(RUN, config, {"epochs": 2})


def test_what_differs_is_refused_in_either_part_of_the_settings():
    general, special = TrainingConfig(lr=0.1), FastStyleConfig(width=8)
    same = resumed_configs(RUN, general, special, {"lr": 0.1, "width": 8})
    assert same == (general, special)
    with pytest.raises(ConfigError, match=r"begun with lr 0\.1, got lr 0\.2"):
        resumed_configs(RUN, general, special, {"lr": 0.2})
    with pytest.raises(ConfigError, match="begun with width 8, got width 9"):
        resumed_configs(RUN, general, special, {"width": 9})


def test_more_epochs_are_told_with_what_becomes_of_the_rate():
    assert growth_note(2, 5).startswith("Going on from 2 to 5 epochs: the one-cycle schedule")


def test_a_former_run_of_two_devices_goes_on_with_as_many_images_a_step():
    former = {"batch": 64, "devices": 2, "num_nodes": 2}
    assert recorded_settings(former).batch == 256
    assert recorded_settings({**former, "accumulate": 1}).batch == 64
    assert recorded_settings({"batch": 64}).batch == 64
