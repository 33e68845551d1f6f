"""Networks in ONNX: one file, the names asked for, an open batch, and no messages."""

import logging
import sys

import numpy as np
import pytest
import torch
from torch import nn

from triptych.frame.errors import MissingDependencyError
from triptych.frame.training.onnx_export import to_onnx

onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'export' is not installed")
pytest.importorskip("onnxscript", reason="the extra 'export' is not installed")


def test_a_network_answers_the_same_for_any_batch(capfd: pytest.CaptureFixture[str]):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU()).eval()
    talking = logging.getLogger("torch.onnx._internal.exporter._registration")
    before = talking.level
    packed = to_onnx(
        model,
        torch.rand(2, 3, 8, 8),
        {0: torch.export.Dim("batch")},
        input_name="pixels",
        output_name="maps",
    )
    assert capfd.readouterr() == ("", "") and talking.level == before
    session = onnxruntime.InferenceSession(packed, providers=["CPUExecutionProvider"])
    for count in (1, 5):
        images = torch.rand(count, 3, 8, 8)
        (found,) = session.run(["maps"], {"pixels": images.numpy()})
        assert np.allclose(found, model(images).detach().numpy(), atol=1e-6)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[export\]'"):
        to_onnx(nn.Identity(), torch.rand(2, 1), {}, input_name="x", output_name="y")
