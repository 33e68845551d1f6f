"""Devices are taken where they are there, and told where not."""

import subprocess
import sys

import pytest
import torch

from triptych.frame.errors import ConfigError
from triptych.frame.training import devices


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "", "tpu", "meta-verse"])
def test_a_device_that_is_not_there_is_told(name: str):
    with pytest.raises(ConfigError, match=f"Expected a device this machine has, got '{name}'"):
        devices.resolve_device(name)


def test_a_device_that_cannot_compute_as_we_do_is_told():
    with pytest.raises(ConfigError, match="computes with float64, got 'meta'"):
        devices.resolve_device("meta")


@pytest.mark.parametrize("kind", ["mps", "meta"])
def test_auto_passes_over_such_a_device(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torch.accelerator.current_accelerator", lambda: torch.device(kind))
    monkeypatch.setattr("torch.accelerator.is_available", lambda: True)
    assert devices.resolve_device("auto") == torch.device("cpu")


def test_precision_asked_for_is_taken():
    assert devices.uses_bf16("bf16", "cpu") and not devices.uses_bf16("fp32", "cuda")
    assert not devices.uses_bf16("auto", "mps")


def test_asking_for_a_device_waits_for_no_trainer():
    code = "import sys, triptych.frame.training.devices; print('lightning' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
